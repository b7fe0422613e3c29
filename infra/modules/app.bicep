// The Functions app on Flex Consumption.
param name string
param planName string
param location string
param tags { *: string }
param identityId string
param identityClientId string
param identityName string
param storageName string
param packageStorageName string
param packageContainer string
param packageIdentityId string
param subnetId string
param keyVaultUri string
param hostKeyVaultUri string
param callerClientId string
param callerApplications string[]
param applicationInsightsConnectionString string
param databaseHost string
param databaseName string
param durableBackend string
param schedulerEndpoint string
param schedulerHub string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyHttp int
param alwaysReadyDurable int
param httpConcurrency int
param workspaceId string

var alwaysReady = concat(
  alwaysReadyHttp > 0 ? [
    {
      name: 'http'
      instanceCount: alwaysReadyHttp
    }
  ] : [],
  alwaysReadyDurable > 0 ? [
    {
      name: 'durable'
      instanceCount: alwaysReadyDurable
    }
  ] : [])

// Secrets in Key Vault are named after the setting, with hyphens.
var providerKeys = {
  Providers__Finnhub__ApiKey: 'Providers-Finnhub-ApiKey'
  Providers__AlphaVantage__ApiKey: 'Providers-AlphaVantage-ApiKey'
  Providers__TwelveData__ApiKey: 'Providers-TwelveData-ApiKey'
  Providers__Massive__ApiKey: 'Providers-Massive-ApiKey'
  Providers__Alpaca__ApiKey: 'Providers-Alpaca-ApiKey'
  Providers__Alpaca__ApiSecret: 'Providers-Alpaca-ApiSecret'
  Providers__Eodhd__ApiKey: 'Providers-Eodhd-ApiKey'
}
var keySettings = toObject(items(providerKeys), key => key.key, key => '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/${key.value})')

var settings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  // The host's keys are in a vault, not as files in the storage account.
  AzureWebJobsSecretStorageType: 'keyvault'
  AzureWebJobsSecretStorageKeyVaultUri: hostKeyVaultUri
  AzureWebJobsSecretStorageKeyVaultClientId: identityClientId
  // GET / is an empty 204 instead of the host's page.
  AzureWebJobsDisableHomepage: 'true'
  ConnectionStrings__Quorum: 'Host=${databaseHost};Database=${databaseName};Username=${identityName};SSL Mode=VerifyFull;Maximum Pool Size=20'
  Quorum__Storage__EntraAuthentication: 'true'
  // The host reads the timers' schedules; the worker's defaults do not apply to it.
  PrefetchSchedule: '*/2 * * * * *'
  RetentionSchedule: '30 */10 * * * *'
  // The worker writes its own log levels; host.json's are the host's.
  Logging__LogLevel__Microsoft: 'Warning'
  Logging__LogLevel__Npgsql: 'Warning'
}
// host.json says PostgreSQL; the other backends override its section.
var storageSettings = durableBackend == 'AzureStorage' ? {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'AzureStorage'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionName: 'AzureWebJobsStorage'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount: '4'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:01'
} : {}
var schedulerSettings = durableBackend == 'DurableTaskScheduler' ? {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
  TASKHUB_NAME: schedulerHub
  AzureFunctionsJobHost__extensions__durableTask__hubName: schedulerHub
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
} : {}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'functions'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
      '${packageIdentityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${packageStorageName}.blob.${environment().suffixes.storage}/${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: packageIdentityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, keySettings, storageSettings, schedulerSettings)
}

// Callers need a token of Entra beside the host's key, where an app registration is named.
resource callers 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(callerClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: ['/api/health/live', '/api/health/ready']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: callerClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [callerClientId, 'api://${callerClientId}']
          defaultAuthorizationPolicy: {
            allowedApplications: callerApplications
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
    httpSettings: {
      requireHttps: true
    }
  }
}

// Publishing with a user name and password is off: deployment is by identity too.
resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// The versions without a preview lack logs by category.
#disable-next-line use-recent-api-versions
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs' // the app's, HTTP requests, sign-ins
        enabled: true
      }
    ]
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
