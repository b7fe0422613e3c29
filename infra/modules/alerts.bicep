// Alerts for an operator: missed budgets, poison messages, open circuit breakers, a full database.
param name string
param location string
param tags { *: string }
param applicationInsightsId string
param databaseId string
param email string

// Evaluated over the window; fires when the query counts more faults than the threshold.
var rules = [
  {
    name: 'budget-misses'
    description: 'The budget of more than 5 % of the quotes of a quarter of an hour ended before their orchestration answered.'
    severity: 2
    threshold: 0
    query: 'customMetrics | summarize missed = sumif(valueSum, name == "quorum.quote.budget_misses"), total = sumif(toreal(valueCount), name == "quorum.quote.duration") | where total >= 20 and missed * 20 > total'
  }
  {
    name: 'poison-messages'
    description: 'A message was given up and lies in a poison queue and in quorum.dead_letters.'
    severity: 2
    threshold: 0
    query: 'union (exceptions | where outerType has "RefusedMessageException" or type has "RefusedMessageException"), (traces | where message has "poison")'
  }
  {
    name: 'breaker-openings'
    description: 'The circuit breaker of a provider opened: it is asked no more until a probe succeeds.'
    severity: 3
    threshold: 0
    query: 'customMetrics | where name == "quorum.provider.breaker.state" and valueMax >= 2'
  }
  {
    name: 'failed-orchestrations'
    description: 'An orchestration failed. None should: a fetch never throws for what a provider did.'
    severity: 2
    threshold: 0
    query: 'traces | where customDimensions["prop__state"] == "Failed" and customDimensions["prop__functionType"] == "Orchestrator"'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'quorum'
    enabled: true
    emailReceivers: empty(email) ? [] : [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for rule in rules: {
  name: 'alert-${name}-${rule.name}'
  location: location
  tags: tags
  properties: {
    displayName: '${name}: ${rule.name}'
    description: rule.description
    severity: rule.severity
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [applicationInsightsId]
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}]

resource databaseStorage 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-${name}-database-storage'
  location: 'global'
  tags: tags
  properties: {
    description: 'PostgreSQL has used more than 80 % of its storage.'
    severity: 2
    enabled: true
    scopes: [databaseId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'storage'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'storage_percent'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 80
        }
      ]
    }
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}
