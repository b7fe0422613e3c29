// The waterfall of a request: its spans over time, with the deadline and the moment at which enough vendors agreed.
import { useEffect, useState } from './vendor/hooks.js';
import { useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { Card, Chip, colourOf, Loading, nameOf, outcomeText, toneOf } from './ui.js';

const kinds = {
  request: 'request', orchestration: 'orchestration', activity: 'activity', provider: 'vendor call', database: 'database', queue: 'waiting',
  merge: 'merge', publish: 'publication',
};

/** The waterfall of the request that made a quote; without its spans, as much as the quote itself tells. */
export function RequestWaterfall({ quote }) {
  const trace = useResource(quote.traceId ? `traces/${quote.traceId}` : null);
  // The spans are written when the answer has left.
  const [again, setAgain] = useState(null);
  useEffect(() => {
    if (trace.problem?.status !== 404 || again === quote.traceId) {
      return undefined;
    }
    const timer = setTimeout(() => {
      setAgain(quote.traceId);
      trace.reload();
    }, 1500);
    return () => clearTimeout(timer);
  }, [trace.problem, again, quote.traceId]);

  // An answer that was served from the store has spans of its own only; how it was made stands with the publication. A trace has one
  // waterfall, that of the last quote which the request asked for: the rate of a conversion, or another symbol.
  const isOfQuote = [trace.data?.instanceId, trace.data?.historyId].includes(quote.instanceId);
  const record = useResource(quote.instanceId && (trace.problem?.status === 404 || (trace.data && !isOfQuote))
    ? `quotes/${encodeURIComponent(quote.symbol)}/history/${encodeURIComponent(quote.instanceId)}` : null);
  const kept = (isOfQuote ? trace.data.waterfall : null) ?? record.data?.waterfall;
  const waterfall = kept ?? waterfallOf(quote);
  return html`
    <${Card} title="How the answer was made" id="waterfall-title" wide=${true}
      aside=${kept ? html`<span class="muted small">trace <code>${(kept.traceId ?? quote.traceId).slice(0, 12)}…</code></span>`
        : html`<span class="muted small" id="waterfall-source">The spans are not kept; drawn from the timings in the answer.</span>`}>
      ${trace.loading && !waterfall ? html`<${Loading} what="the spans" />` : html`<${Waterfall} waterfall=${waterfall} labelledBy="waterfall-title" />`}
    <//>`;
}

/** The vendor calls as a quote tells of them: they begin together. */
export function waterfallOf(quote) {
  const calls = quote.providers.filter(result => result.latencyMs > 0);
  const slowest = Math.max(0, ...calls.map(result => result.latencyMs));
  const own = quote.timing && quote.timing.elapsedMs >= slowest ? quote.timing : null; // else the answer was made by an earlier request
  const total = own ? own.elapsedMs : slowest;
  return {
    startedAt: null,
    durationMs: total,
    budgetMs: own?.budgetMs ?? null,
    deadlineMs: null,
    agreedMs: null,
    spans: [
      ...(own ? [{ id: 'request', parentId: null, name: 'Request', kind: 'request', startMs: 0, durationMs: own.elapsedMs, outcome: 'ok' }] : []),
      ...calls.map(result => ({
        id: result.id, parentId: own ? 'request' : null, name: nameOf(result.id), kind: 'provider', provider: result.id, startMs: 0,
        durationMs: result.latencyMs, outcome: result.outcome, attempt: null,
        detail: [result.attempts > 1 && `${format.whole(result.attempts)} attempts.`, result.detail].filter(Boolean).join(' ') || null,
      })),
    ],
  };
}

/** The spans in the order of a tree, each with its depth. */
export function inTree(spans) {
  const children = new Map();
  const ids = new Set(spans.map(span => span.id));
  for (const span of spans) {
    const parent = ids.has(span.parentId) ? span.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows = [];
  const add = (parent, depth) => {
    for (const span of (children.get(parent) ?? []).sort((a, b) => a.startMs - b.startMs)) {
      rows.push({ ...span, depth });
      if (span.id !== parent) {
        add(span.id, depth + 1);
      }
    }
  };
  add(null, 0);
  return rows;
}

/** A vendor's name for what is about it; below that name, its requests. */
const titleOf = span => (!span.provider ? span.name : span.kind === 'provider' && span.depth > 2 ? 'HTTP request' : nameOf(span.provider));

function ticksOf(total) {
  const raw = total / 8;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= raw);
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
}

export function Waterfall({ waterfall, labelledBy }) {
  const [vendorsOnly, setVendorsOnly] = useState(false);
  if (!waterfall || waterfall.spans.length === 0) {
    return html`<p class="muted">No spans are kept of this request.</p>`;
  }
  const marks = [
    ['deadline', waterfall.deadlineMs, 'deadline for the vendors'],
    ['budget', waterfall.budgetMs, 'budget of the caller'],
    ['agreed', waterfall.agreedMs, 'enough vendors agreed'],
  ].filter(([, at]) => at !== null && at !== undefined);
  const last = Math.max(waterfall.durationMs, ...waterfall.spans.map(span => span.startMs + span.durationMs));
  const near = marks.filter(([, at]) => at <= last * 1.6).map(([, at]) => at);
  const total = Math.max(1, last, ...near) * 1.02;
  const all = inTree(waterfall.spans);
  const rows = vendorsOnly ? all.filter(span => span.kind === 'provider').map(span => ({ ...span, depth: 0 })) : all;
  const at = milliseconds => `${Math.min(100, (100 * milliseconds) / total)}%`;
  const shownMarks = marks.filter(([, moment]) => moment <= total);
  return html`
    <div class="legend">
      ${marks.map(([name, moment, title]) => html`<span class="mark-key ${name}" key=${name}>${title} <span class="number">${format.milliseconds(moment)}</span></span>`)}
      ${all.some(span => span.kind !== 'provider') && html`<label class="check"><input type="checkbox" checked=${vendorsOnly}
        onChange=${event => setVendorsOnly(event.target.checked)} /> vendor calls only</label>`}
    </div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby=${labelledBy}>
    <table class="spans">
      <thead><tr><th scope="col">Span</th>
        <th scope="col" class="lane"><span class="hidden">Time line</span><span aria-hidden="true">${ticksOf(total).map(tick => html`<span class="tick" key=${tick} style=${{ left: at(tick) }}>${format.whole(tick)}</span>`)}</span></th>
        <th scope="col" class="number start">Start</th><th scope="col" class="number">Duration</th><th scope="col">Outcome</th></tr></thead>
      <tbody>${rows.map(span => html`
        <tr key=${span.id} class="kind-${span.kind}" data-kind=${span.kind} data-provider=${span.provider}>
          <th scope="row"><span class="indent" style=${{ width: `${span.depth * 14}px` }}></span>${span.provider
            ? html`<span class="dot ${colourOf(span.provider)}" aria-hidden="true"></span>` : ''}<span>${titleOf(span)}</span>
            ${span.attempt > 1 && html` <span class="muted small">attempt ${format.whole(span.attempt)}</span>`}</th>
          <td class="lane" aria-hidden="true">
            ${shownMarks.map(([name, moment]) => html`<span class="rule ${name}" key=${name} style=${{ left: at(moment) }}></span>`)}
            <span class="bar ${span.kind === 'provider' || span.outcome !== 'ok' ? toneOf(span.outcome) : ''}"
              style=${{ left: at(span.startMs), width: at(span.durationMs) }}></span></td>
          <td class="number start">${format.milliseconds(span.startMs)}</td>
          <td class="number">${format.milliseconds(span.durationMs)}</td>
          <td>${span.outcome && span.outcome !== 'ok' ? html`<${Chip} tone=${toneOf(span.outcome)}>${outcomeText(span.outcome)}<//>`
            : html`<span class="muted">${span.kind === 'provider' ? 'answered' : span.provider ? `${kinds[span.kind] ?? span.kind} ${span.name}` : kinds[span.kind] ?? span.kind}</span>`}
            ${span.detail && html`<span class="detail">${span.detail}</span>`}</td>
        </tr>`)}</tbody>
    </table></div>`;
}
