// For one developer: scales to zero, one small database. The first request after a pause misses its budget.
using '../main.bicep'

param environmentName = 'dev'
param location = 'westeurope'
param databaseAdministratorId = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_ID')
param databaseAdministratorName = readEnvironmentVariable('QUORUM_DATABASE_ADMINISTRATOR_NAME')
param administratorPrefix = readEnvironmentVariable('QUORUM_ADMINISTRATOR_PREFIX', '')
param databaseAdministratorType = 'User'
param alwaysReadyHttp = 0
param alwaysReadyDurable = 0
param logDailyCapGB = 1
