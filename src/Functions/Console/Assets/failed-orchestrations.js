// Orchestrations that failed or were terminated, with their reasons.
import { useClock, useResource } from './api.js';
import { html } from './html.js';
import { quotePath } from './search.js';
import { Chip, Empty, Pending, When } from './ui.js';

const most = 50;

export function FailedOrchestrationsView() {
  const list = useResource('failed-orchestrations', { every: 30000, level: 'operator' });
  const clock = useClock();
  return html`
    <h1 tabindex="-1">Failed orchestrations</h1>
    <p class="muted">The newest ${most} orchestrations that failed or were terminated. The management API of the task hub rewinds and purges them.</p>
    <${Pending} resource=${list} what="the failed orchestrations" />
    ${list.data && (list.data.items.length === 0 ? html`<${Empty} title="No failed orchestrations." />` : html`
      <div class="card wide"><div class="scroll" tabindex="0" role="region" aria-label="Failed orchestrations"><table>
        <thead><tr><th scope="col">Orchestrator</th><th scope="col">For</th><th scope="col">Status</th><th scope="col">Reason</th>
          <th scope="col" class="number">Created</th><th scope="col" class="number">Ended</th><th scope="col">Instance</th></tr></thead>
        <tbody>${list.data.items.map(item => html`<tr key=${item.instanceId} data-instance=${item.instanceId}>
          <th scope="row">${item.name}</th>
          <td><${Subject} item=${item} /></td>
          <td><${Chip} tone=${item.status === 'failed' ? 'bad' : 'quiet'}>${item.status}<//></td>
          <td class="reason">${item.reason ?? html`<span class="muted">none given</span>`}</td>
          <td class="number"><${When} time=${item.createdAt} at=${clock} /></td>
          <td class="number"><${When} time=${item.lastUpdatedAt} at=${clock} /></td>
          <td class="instance"><code>${item.instanceId}</code></td>
        </tr>`)}</tbody>
      </table></div></div>`)}`;
}

/** The quote or the batch that the orchestration was for. */
function Subject({ item }) {
  return item.symbol ? html`<a href=${quotePath(item.symbol)}>${item.symbol}</a>`
    : item.batchId ? html`<a href="#/batches/${encodeURIComponent(item.batchId)}">its batch</a>`
    : html`<span class="muted">unknown</span>`;
}
