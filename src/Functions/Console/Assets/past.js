// A past answer with all that it was made from, and a trace.
import { useEffect } from './vendor/hooks.js';
import { useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { Facts, QuoteHead, VendorTable } from './quote.js';
import { quotePath } from './search.js';
import { Card, Chip, Pending } from './ui.js';
import { Waterfall, waterfallOf } from './waterfall.js';

export function PastAnswerView({ symbol, id }) {
  const answer = useResource(`quotes/${encodeURIComponent(symbol)}/history/${encodeURIComponent(id)}`);
  const back = html`<p class="back"><a href=${quotePath(symbol)}>← ${symbol} now</a></p>`;
  if (!answer.data) {
    return html`${back}<h1 tabindex="-1">${symbol}</h1>${answer.problem?.status === 404
      ? html`<p>This answer is not kept any more, or never was.</p>` : html`<${Pending} resource=${answer} what="the answer" />`}`;
  }
  const { quote, publishedAt, reproduced, waterfall, stage, merge } = answer.data;
  const then = Date.parse(publishedAt);
  return html`
    ${back}
    <div class="banner ${reproduced === false ? 'bad' : ''}" id="past">
      <p>Answer of <time datetime=${publishedAt} class="number strong">${format.moment(publishedAt)}</time>${stage ? html`, given as <span class="strong">${stage}</span>` : ''}.
        ${reproduced === true && html` <${Chip} tone="good">reproduced<//> The merge, done again from the inputs below, gives the same.`}
        ${reproduced === false && html` <${Chip} tone="bad">not reproduced<//> ${whyNot(merge)}`}</p>
    </div>
    <${QuoteHead} quote=${quote} at=${then} then=${then} />
    <div class="columns"><${VendorTable} quote=${quote} then=${then} /><${Facts} quote=${quote} /></div>
    <${Card} title="How the answer was made" id="waterfall-title" wide=${true}
      aside=${!waterfall && html`<span class="muted small">The spans are not kept; drawn from the timings in the answer.</span>`}>
      <${Waterfall} waterfall=${waterfall ?? waterfallOf(quote)} labelledBy="waterfall-title" /><//>
    ${answer.data.inputs?.length > 0 && html`
      <${Card} title="Inputs of the merge" id="inputs-title" wide=${true}>
        <details><summary>${format.whole(answer.data.inputs.length)} inputs as JSON</summary><pre tabindex="0">${JSON.stringify({ inputs: answer.data.inputs, merge }, null, 2)}</pre></details><//>`}`;
}

function whyNot(merge) {
  return !merge ? 'What it was made from is not kept.'
    : merge.rules !== merge.currentRules ? `The rules of the merge have changed since: version ${merge.rules}, now ${merge.currentRules}.`
    : merge.venues !== merge.currentVenues ? 'The venue table has changed since.'
    : 'The merge, done again from the inputs below, gives another answer.';
}

export function TraceView({ id }) {
  const trace = useResource(`traces/${encodeURIComponent(id)}`);
  useEffect(() => {
    document.title = 'Trace · Quorum';
  }, []);
  return html`
    <h1 tabindex="-1">Trace</h1><p class="muted"><code>${id}</code></p>
    ${trace.problem?.status === 404 ? html`<p>No spans of this trace are kept: it is unknown, too old, or its answer came from memory.</p>`
      : html`<${Pending} resource=${trace} what="the trace" />`}
    ${trace.data && html`
      ${trace.data.symbol && html`<p><a href=${quotePath(trace.data.symbol)}>${trace.data.symbol}</a>${trace.data.historyId && html` ·
        <a href="#/quotes/${encodeURIComponent(trace.data.symbol)}/history/${encodeURIComponent(trace.data.historyId)}">the answer that it gave</a>`}</p>`}
      <${Card} title="Waterfall" id="waterfall-title" wide=${true}><${Waterfall} waterfall=${trace.data.waterfall} labelledBy="waterfall-title" /><//>`}`;
}
