// The storage account of the deployment package, with an identity of its own: a token of the app's identity cannot replace the app. Both
// identities are assigned to the app, though, so code that runs in it can request a token of either.
param name string
param identityName string
param location string
param tags { *: string }
param container string
param appSubnetId string
param privateEndpoints bool
param endpointSubnetId string
param networkId string
param workspaceId string

var blobDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags
}

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

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' = {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(package.id, identity.id, blobDataContributor)
  scope: package
  properties: {
    roleDefinitionId: blobDataContributor
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The versions without a preview lack logs by category.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [for category in ['StorageRead', 'StorageWrite', 'StorageDelete']: {
      category: category
      enabled: true
    }]
  }
}

module endpoint 'endpoint.bicep' = if (privateEndpoints) {
  params: {
    name: 'pe-${name}-blob'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
    targetId: account.id
    group: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
  }
}

output name string = account.name
output identityId string = identity.id
