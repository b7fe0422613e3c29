// Batches: how far they are, and which items failed for which reason.
import { useEffect, useState } from './vendor/hooks.js';
import { loadAll, Problem, useClock, useKeys, useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { quotePath } from './search.js';
import { Card, Chip, Empty, Pending, Stack, When } from './ui.js';

const states = { accepted: 'info', running: 'info', completed: 'good', cancelled: 'quiet' };

const partsOf = batch => [
  { count: batch.done, tone: 'good' }, { count: batch.failed, tone: 'bad' }, { count: batch.cancelled, tone: 'quiet' },
  { count: batch.total - batch.done - batch.failed - batch.cancelled, tone: 'open' },
];

const labelOf = batch => `${batch.done} done, ${batch.failed} failed, ${batch.cancelled} cancelled of ${batch.total}`;

export function BatchesView() {
  const batches = useResource('batches?limit=50', { every: 3000 });
  const clock = useClock();
  return html`
    <h1 tabindex="-1">Batches</h1>
    <${Pending} resource=${batches} what="the batches" />
    ${batches.data && (batches.data.items.length === 0 ? html`<${Empty} title="No batch is kept.">Send one with <code>POST batches</code>, or with <code>dotnet run --project src/DevHost -- batch FILE</code>.<//>` : html`
      <div class="card wide"><div class="scroll" tabindex="0" role="region" aria-label="Batches">
      <table>
        <thead><tr><th scope="col">Batch</th><th scope="col">State</th><th scope="col" class="progress">Progress</th><th scope="col" class="number">Done</th>
          <th scope="col" class="number">Failed</th><th scope="col" class="number">Total</th><th scope="col" class="number">Created</th></tr></thead>
        <tbody>${batches.data.items.map(batch => html`
          <tr key=${batch.batchId} data-batch=${batch.batchId}>
            <th scope="row"><a href="#/batches/${encodeURIComponent(batch.batchId)}">${batch.batchId}</a></th>
            <td><${Chip} tone=${states[batch.state]}>${batch.state}<//></td>
            <td class="progress"><${Stack} parts=${partsOf(batch)} label=${labelOf(batch)} /></td>
            <td class="number">${format.whole(batch.done)}</td><td class="number">${format.whole(batch.failed)}</td><td class="number">${format.whole(batch.total)}</td>
            <td class="number"><${When} time=${batch.created} at=${clock} /></td>
          </tr>`)}</tbody>
      </table></div></div>`)}`;
}

export function BatchView({ id }) {
  const path = `batches/${encodeURIComponent(id)}`;
  const [isOver, setIsOver] = useState(false);
  const batch = useResource(path, { every: isOver ? 0 : 1000 });
  const data = batch.data;
  useEffect(() => {
    setIsOver(data?.state === 'completed' || data?.state === 'cancelled');
  }, [data?.state]);
  const seconds = data?.started ? (Date.parse(data.finished ?? new Date(format.now()).toISOString()) - Date.parse(data.started)) / 1000 : null;
  return html`
    <p class="back"><a href="#/batches">← Batches</a></p>
    <h1 tabindex="-1">Batch ${id}</h1>
    <${Pending} resource=${batch} what="the batch" />
    ${data && html`
      <${Card} title="Progress" id="progress-title" wide=${true} aside=${html`<${Chip} tone=${states[data.state]}>${data.state}<//>`}>
        <p class="big number" id="percent">${format.share(data.percent / 100)}</p>
        <div role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${data.percent}><${Stack} parts=${partsOf(data)} label=${labelOf(data)} /></div>
        <dl class="pairs row">
          ${[['Done', data.done], ['Failed', data.failed], ['Cancelled', data.cancelled], ['Open', data.total - data.done - data.failed - data.cancelled], ['Total', data.total]].map(([title, count]) =>
            html`<div key=${title}><dt>${title}</dt><dd class="number">${format.whole(count)}</dd></div>`)}
          <div><dt>Created</dt><dd class="number">${format.moment(data.created)}</dd></div>
          <div><dt>${data.finished ? 'Took' : 'Runs for'}</dt><dd class="number">${seconds === null ? format.nothing : seconds < 10 ? format.milliseconds(1000 * seconds) : format.span(seconds)}</dd></div>
        </dl>
      <//>
      <${Failed} path=${path} count=${data.failed} />
      <${Items} path=${path} turn=${`${data.done}-${data.failed}-${data.cancelled}`} />`}`;
}

/** The failed items by reason, the most frequent first. */
function Failed({ path, count }) {
  const [found, setFound] = useState(null);
  const keyTurn = useKeys().turn;
  useEffect(() => {
    if (count === 0) {
      setFound({ items: [], more: false });
      return undefined;
    }
    const stop = new AbortController();
    loadAll(`${path}/items?status=failed&limit=500`, 1000, stop.signal).then(setFound, problem => {
      if (!stop.signal.aborted && !(problem instanceof Problem)) {
        throw problem;
      }
    });
    return () => stop.abort();
  }, [path, count, keyTurn]);
  if (!found || found.items.length === 0) {
    return null;
  }
  const reasons = Object.entries(Object.groupBy(found.items, item => item.reason ?? 'unknown')).sort(([, a], [, b]) => b.length - a.length);
  return html`
    <${Card} title="Failed" id="failed-title" wide=${true}>
      <ul class="reasons">${reasons.map(([reason, items]) => html`
        <li key=${reason} data-reason=${reason}><details open=${reasons.length === 1}>
          <summary><span class="number">${format.whole(items.length)}</span> <span class="strong">${format.words(reason)}</span></summary>
          <ul>${items.slice(0, 100).map(item => html`<li key=${item.ordinal}><code>${item.symbol ?? item.given}</code> <span class="muted">${item.detail}</span></li>`)}
            ${items.length > 100 && html`<li class="muted">and ${format.whole(items.length - 100)} more</li>`}</ul>
        </details></li>`)}</ul><//>`;
}

function Items({ path, turn }) {
  const items = useResource(`${path}/items?limit=200`);
  useEffect(() => {
    if (items.data) {
      items.reload();
    }
  }, [turn]);
  return html`
    <${Card} title="Items" id="items-title" wide=${true}>
      <${Pending} resource=${items} what="the items" />
      ${items.data && html`<div class="scroll" tabindex="0" role="region" aria-labelledby="items-title"><table>
        <thead><tr><th scope="col" class="number narrow">No.</th><th scope="col">Given</th><th scope="col">Symbol</th><th scope="col" class="number">Price</th><th scope="col"><span class="hidden">Currency</span></th>
          <th scope="col" class="number">Confidence</th><th scope="col">Status</th></tr></thead>
        <tbody>${items.data.items.map(item => html`<tr key=${item.ordinal}>
          <td class="number">${format.whole(item.ordinal)}</td><td>${item.given}</td>
          <td>${item.symbol ? html`<a href=${quotePath(item.symbol)}>${item.symbol}</a>` : format.nothing}</td>
          <td class="number">${format.price(item.quote?.price)}</td><td>${item.quote?.currency ?? ''}</td>
          <td class="number">${format.share(item.quote?.quality.confidence)}</td>
          <td><${Chip} tone=${{ done: 'good', failed: 'bad', pending: 'info', cancelled: 'quiet' }[item.status]}>${item.status}<//>
            ${item.reason && html` <span class="muted small">${format.words(item.reason)}</span>`}</td></tr>`)}</tbody>
      </table></div>
      ${items.data.next && html`<p class="small muted">The first ${format.whole(items.data.items.length)} are shown.</p>`}`}<//>`;
}
