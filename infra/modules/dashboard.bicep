// A workbook over the app's telemetry: how fast and how complete the answers are, and what the providers do.
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
