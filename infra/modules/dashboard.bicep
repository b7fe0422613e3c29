// A workbook over the app's telemetry: latency and completeness of answers, and outcomes by provider.
param name string
param location string
param tags { *: string }
param applicationInsightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: name
    category: 'workbook'
    sourceId: applicationInsightsId
    serializedData: loadTextContent('../dashboard.workbook.json')
  }
}

output id string = workbook.id
