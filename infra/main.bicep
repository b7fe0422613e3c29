// Quorum on Azure: one resource group with everything that the app needs. Resources accept identities, not keys or passwords; the only secrets
// are the providers' and the host's keys, in Key Vault. docs/azure.md explains the parameters; what-if shows no change when nothing changed.
targetScope = 'subscription'

@minLength(1)
@maxLength(20)
@description('Names the environment (dev, test, prod): part of every name, and the tag by which azd finds its resources.')
param environmentName string

@minLength(1)
@description('Region of all resources. It must offer Flex Consumption.')
param location string

@description('Object id of the Entra group (or person) that administers PostgreSQL: it creates roles and is not used at run time.')
param databaseAdministratorId string

@description('Display name of that group or person, which is its role name in PostgreSQL.')
param databaseAdministratorName string

@allowed(['Group', 'User', 'ServicePrincipal'])
param databaseAdministratorType string = 'Group'

@allowed(['PostgreSQL', 'AzureStorage', 'DurableTaskScheduler'])
@description('Durable Task backend: PostgreSQL (the app\'s own database, pushed), Azure Storage (polled), or the Durable Task Scheduler (pushed, paid by action or capacity).')
param durableBackend string = 'PostgreSQL'

@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@minValue(1)
@maxValue(3)
@description('Capacity units of a dedicated scheduler, 2,000 actions a second each. With three it is highly available.')
param schedulerCapacity int = 1

@description('IPv4 addresses or CIDR ranges that may reach the scheduler: the address of the NAT gateway is added. Never 0.0.0.0/0.')
param schedulerAllowedAddresses string[] = []

@description('Blob, queue, table and Key Vault are reached through private endpoints only. Costs six endpoints more; by default they are open to the app\'s subnet only.')
param privateEndpoints bool = false

@description('IPv4 range (CIDR) in a connected network, such as a VPN, from which administrators reach PostgreSQL and the private endpoints; only the app does when empty.')
param administratorPrefix string = ''

@description('Client id of the Entra app registration that callers get tokens for. When set, every request but health checks needs a token beside its key.')
param callerClientId string = ''

@description('Client ids of the applications whose tokens are accepted; all of the tenant that get one when empty.')
param callerApplications string[] = []

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(20)
@description('Always-ready instances for HTTP requests. 0: the first request after a pause starts one, and misses its budget.')
param alwaysReadyHttp int = 1

@minValue(0)
@maxValue(20)
@description('Always-ready instances for orchestrations and activities.')
param alwaysReadyDurable int = 1

@minValue(1)
@maxValue(1000)
@description('Maximum of concurrent HTTP requests of one instance, before another one is started.')
param httpConcurrency int = 100

@description('SKU of PostgreSQL, with its tier: Standard_B1ms is Burstable, Standard_D2ds_v5 GeneralPurpose.')
param databaseSku {
  name: string
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'
} = {
  name: 'Standard_B1ms'
  tier: 'Burstable'
}

@minValue(32)
@maxValue(16384)
param databaseStorageGB int = 32

@allowed(['Disabled', 'SameZone', 'ZoneRedundant'])
@description('Standby of PostgreSQL: none, in the same zone, or in another zone. A Burstable SKU allows none.')
param databaseHighAvailability string = 'Disabled'

@description('Email addresses for alerts; none when empty.')
param alertEmail string = ''

@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@minValue(1)
@description('Daily cap of telemetry in gigabytes, which bounds the cost.')
param logDailyCapGB int = 2

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}
var packageContainer = 'app-package'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-quorum-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-quorum-${environmentName}'
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = {
  scope: group
  params: {
    name: 'vnet-quorum-${environmentName}'
    location: location
    tags: tags
    fixedOutboundAddress: durableBackend == 'DurableTaskScheduler'
    administratorPrefix: administratorPrefix
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    name: 'quorum-${environmentName}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stquorum${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    appSubnetId: network.outputs.appSubnetId
    privateEndpoints: privateEndpoints
    endpointSubnetId: network.outputs.endpointSubnetId
    networkId: network.outputs.id
    workspaceId: monitoring.outputs.workspaceId
  }
}

module package 'modules/package.bicep' = {
  scope: group
  params: {
    name: 'stqpackage${token}'
    identityName: 'id-quorum-package-${environmentName}'
    location: location
    tags: tags
    container: packageContainer
    appSubnetId: network.outputs.appSubnetId
    privateEndpoints: privateEndpoints
    endpointSubnetId: network.outputs.endpointSubnetId
    networkId: network.outputs.id
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [storage] // both write the DNS zone of blobs
}

module keyVault 'modules/keyvault.bicep' = {
  scope: group
  params: {
    name: 'kv-quorum-${take(token, 13)}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    appSubnetId: network.outputs.appSubnetId
    privateEndpoints: privateEndpoints
    endpointSubnetId: network.outputs.endpointSubnetId
    networkId: network.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    role: 'Key Vault Secrets User'
  }
}

module hostKeyVault 'modules/keyvault.bicep' = {
  scope: group
  params: {
    name: 'kv-qhost-${take(token, 13)}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    appSubnetId: network.outputs.appSubnetId
    privateEndpoints: privateEndpoints
    endpointSubnetId: network.outputs.endpointSubnetId
    networkId: network.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    role: 'Key Vault Secrets Officer'
  }
  dependsOn: [keyVault] // both write the DNS zone of vaults
}

module postgres 'modules/postgres.bicep' = {
  scope: group
  params: {
    name: 'psql-quorum-${token}'
    location: location
    tags: tags
    subnetId: network.outputs.databaseSubnetId
    networkId: network.outputs.id
    administratorId: databaseAdministratorId
    administratorName: databaseAdministratorName
    administratorType: databaseAdministratorType
    sku: databaseSku
    storageGB: databaseStorageGB
    highAvailability: databaseHighAvailability
    workspaceId: monitoring.outputs.workspaceId
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableBackend == 'DurableTaskScheduler') {
  scope: group
  params: {
    name: 'dts-quorum-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    skuName: schedulerSku
    capacity: schedulerCapacity
    allowedAddresses: concat(network.outputs.outboundAddresses, schedulerAllowedAddresses)
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: 'func-quorum-${token}'
    planName: 'plan-quorum-${environmentName}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityName: identity.outputs.name
    storageName: storage.outputs.name
    packageStorageName: package.outputs.name
    packageContainer: packageContainer
    packageIdentityId: package.outputs.identityId
    subnetId: network.outputs.appSubnetId
    keyVaultUri: keyVault.outputs.uri
    hostKeyVaultUri: hostKeyVault.outputs.uri
    callerClientId: callerClientId
    callerApplications: callerApplications
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    databaseHost: postgres.outputs.host
    databaseName: postgres.outputs.database
    durableBackend: durableBackend
    schedulerEndpoint: durableBackend == 'DurableTaskScheduler' ? scheduler!.outputs.endpoint : ''
    schedulerHub: durableBackend == 'DurableTaskScheduler' ? scheduler!.outputs.hub : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    httpConcurrency: httpConcurrency
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    name: 'quorum-${environmentName}'
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    databaseId: postgres.outputs.id
    email: alertEmail
  }
}

module dashboard 'modules/dashboard.bicep' = {
  scope: group
  params: {
    name: 'Quorum ${environmentName}'
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_FUNCTION_APP_URL string = app.outputs.url
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output AZURE_POSTGRES_HOST string = postgres.outputs.host
output AZURE_APP_IDENTITY_NAME string = identity.outputs.name
