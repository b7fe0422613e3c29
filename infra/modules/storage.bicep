// The storage account of the Functions host: queues, timers' state, and the task hub on Azure Storage. No keys, no anonymous reads.
param name string
param location string
param tags { *: string }
param principalId string
param appSubnetId string
param privateEndpoints bool
param endpointSubnetId string
param networkId string
param workspaceId string

var roles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
]
var auditLogs = [for category in ['StorageWrite', 'StorageDelete']: {
  category: category
  enabled: true
}]
var services = ['blob', 'queue', 'table']
var queues = ['quote-batches', 'quote-batches-poison', 'quote-prefetch', 'quote-prefetch-poison']

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard_ZRS'
  }
  kind: 'StorageV2'
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateEndpoints ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: privateEndpoints ? [] : [
        {
          id: appSubnetId
          action: 'Allow'
        }
      ]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-06-01' = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-06-01' = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2026-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-06-01' = [for queueName in queues: {
  parent: queueService
  name: queueName
}]

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in roles: {
  name: guid(account.id, principalId, role)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}]

// Changes, not reads: queues are polled every few seconds. The versions without a preview lack logs by category.
#disable-next-line use-recent-api-versions
resource blobAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: auditLogs
  }
}

#disable-next-line use-recent-api-versions
resource queueAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    logs: auditLogs
  }
}

#disable-next-line use-recent-api-versions
resource tableAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: auditLogs
  }
}

module endpoint 'endpoint.bicep' = [for service in services: if (privateEndpoints) {
  params: {
    name: 'pe-${name}-${service}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
    targetId: account.id
    group: service
    zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
  }
}]

output id string = account.id
output name string = account.name
