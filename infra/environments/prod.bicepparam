// Pushed orchestrations, a standby database, only the app is reachable from outside.
using '../main.bicep'

param environmentName = 'prod'
param location = 'westeurope'
param databaseAdministratorId = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_ID')
param databaseAdministratorName = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_NAME')
param administratorPrefix = readEnvironmentVariable('QUORUM_ADMINISTRATOR_PREFIX', '')
param durableBackend = 'PostgreSQL'
param privateEndpoints = true
param alwaysReadyHttp = 2
param alwaysReadyDurable = 2
param maximumInstanceCount = 100
param databaseSku = {
  name: 'Standard_D4ds_v5'
  tier: 'GeneralPurpose'
}
param databaseStorageGB = 256
param databaseHighAvailability = 'ZoneRedundant'
param alertEmail = readEnvironmentVariable('QUORUM_ALERT_EMAIL')
param logRetentionDays = 90
param logDailyCapGB = 20
