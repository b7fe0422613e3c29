// Three subnets: the app's (delegated to Flex Consumption), PostgreSQL's (delegated, private access), and one for private endpoints. PostgreSQL
// and the endpoints are reached from the app's subnet and the administrators' addresses only.
param name string
param location string
param tags { *: string }

@description('A NAT gateway gives the app one public address, which allow lists can name.')
param fixedOutboundAddress bool

@description('Addresses of administrators; none when empty.')
param administratorPrefix string

var appPrefix = '10.20.0.0/23'
var databasePrefix = '10.20.2.0/27'
var endpointPrefix = '10.20.3.0/26'
var clients = concat([appPrefix], empty(administratorPrefix) ? [] : [administratorPrefix])
var protocols = ['Tcp', 'Udp']

// The rest of the network is rejected; the Internet is by the default rules, except for the app's subnet, which names it.
var denials = [for (protocol, place) in protocols: {
  name: 'reject-network-${toLower(protocol)}'
  properties: {
    priority: 4000 + place
    direction: 'Inbound'
    access: 'Deny'
    protocol: protocol
    sourceAddressPrefix: 'VirtualNetwork'
    sourcePortRange: '0-65535'
    destinationAddressPrefix: 'VirtualNetwork'
    destinationPortRange: '0-65535'
  }
}]

resource appRules 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: '${name}-app'
  location: location
  tags: tags
  properties: {
    securityRules: [for (protocol, place) in protocols: {
      name: 'reject-internet-${toLower(protocol)}'
      properties: {
        priority: 4000 + place
        direction: 'Inbound'
        access: 'Deny'
        protocol: protocol
        sourceAddressPrefix: 'Internet'
        sourcePortRange: '0-65535'
        destinationAddressPrefix: 'VirtualNetwork'
        destinationPortRange: '0-65535'
      }
    }]
  }
}

resource databaseRules 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: '${name}-database'
  location: location
  tags: tags
  properties: {
    securityRules: concat([
      {
        name: 'postgresql'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: concat(clients, [databasePrefix]) // the standby is in the same subnet
          sourcePortRange: '0-65535'
          destinationAddressPrefix: databasePrefix
          destinationPortRanges: ['5432', '6432']
        }
      }
    ], denials)
  }
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: '${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: concat([
      {
        name: 'https'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: clients
          sourcePortRange: '0-65535'
          destinationAddressPrefix: endpointPrefix
          destinationPortRange: '443'
        }
      }
    ], denials)
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2026-03-01' = if (fixedOutboundAddress) {
  name: '${name}-nat-ip'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource nat 'Microsoft.Network/natGateways@2026-03-01' = if (fixedOutboundAddress) {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: ['10.20.0.0/16']
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          networkSecurityGroup: {
            id: appRules.id
          }
          natGateway: fixedOutboundAddress ? {
            id: nat.id
          } : null
          serviceEndpoints: [
            {
              service: 'Microsoft.Storage'
            }
            {
              service: 'Microsoft.KeyVault'
            }
          ]
          delegations: [
            {
              name: 'flex-consumption'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: databasePrefix
          networkSecurityGroup: {
            id: databaseRules.id
          }
          delegations: [
            {
              name: 'postgresql'
              properties: {
                serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointPrefix
          networkSecurityGroup: {
            id: endpointRules.id
          }
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
    ]
  }
}

output id string = network.id
output appSubnetId string = network.properties.subnets[0].id
output databaseSubnetId string = network.properties.subnets[1].id
output endpointSubnetId string = network.properties.subnets[2].id
output outboundAddresses string[] = fixedOutboundAddress ? ['${address!.properties.ipAddress}/32'] : []
