// As production, but small: always ready, so that budgets can be met.
using '../main.bicep'

param environmentName = 'test'
param location = 'westeurope'
param databaseAdministratorId = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_ID')
param databaseAdministratorName = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_NAME')
param administratorPrefix = readEnvironmentVariable('QUORUM_ADMINISTRATOR_PREFIX', '')
param alwaysReadyHttp = 1
param alwaysReadyDurable = 1
