// A vault: one for the providers' keys, which the app reads through references and operators set (docs/azure.md), and one for the keys of the
// Functions host, which the host writes.
param name string
param location string
param tags { *: string }
param principalId string
param appSubnetId string
param privateEndpoints bool
param endpointSubnetId string
param networkId string
param workspaceId string

@allowed(['Key Vault Secrets User', 'Key Vault Secrets Officer'])
@description('The role of the app\'s identity: reads secrets, or also writes them.')
param role string

var roles = {
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
}
var roleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[role])

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: privateEndpoints ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: privateEndpoints ? [] : [
        {
          id: appSubnetId
        }
      ]
    }
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roleId)
  scope: vault
  properties: {
    roleDefinitionId: roleId
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// The versions without a preview lack logs by category.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

module endpoint 'endpoint.bicep' = if (privateEndpoints) {
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
    targetId: vault.id
    group: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
