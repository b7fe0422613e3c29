// How the vendors are doing: breaker, quotas, latency, outcomes.
import { useClock, useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { Chip, colourOf, nameOf, outcomeText, Pending, Stack, toneOf, When } from './ui.js';

const every = 5000;
const minutes = 60;
const fewest = 20;

const breakers = { closed: ['closed', 'good'], 'half-open': ['half open', 'warn'], open: ['open', 'bad'] };

export function ProvidersView() {
  const providers = useResource('providers', { every });
  return html`
    <h1 tabindex="-1">Providers</h1>
    <p class="muted">As this process sees them; quotas are counted over all processes. Loaded every 5 s.</p>
    <${Pending} resource=${providers} what="the providers" />
    ${providers.data && html`<div class="providers">${providers.data.items.map(provider => html`<${Provider} key=${provider.id} provider=${provider} />`)}</div>`}`;
}

function Provider({ provider }) {
  const clock = useClock();
  const timeline = useResource(`providers/${provider.id}/timeline?minutes=${minutes}`, { every: 15000 });
  const [state, tone] = breakers[provider.breaker.state] ?? [provider.breaker.state, 'quiet'];
  const counts = Object.entries(provider.outcomes).map(([outcome, count]) => ({ outcome, count, tone: toneOf(outcome) }));
  const id = `provider-${provider.id}`;
  return html`
    <section class="card provider" aria-labelledby=${id} data-provider=${provider.id}>
      <header><h2 id=${id}><span class="dot ${colourOf(provider.id)}" aria-hidden="true"></span>${nameOf(provider.id)}</h2>
        <div class="aside">
          ${!provider.enabled && html`<${Chip} tone="quiet">disabled<//>`}
          <${Chip} tone=${provider.simulated ? 'info' : 'good'}>${provider.simulated ? 'simulated' : 'real'}<//>
          <${Chip} tone="quiet">${provider.plan} plan<//>
        </div></header>
      <dl class="pairs">
        <div><dt>Breaker</dt><dd><${Chip} tone=${tone}>${state}<//>${provider.breaker.openUntil && html` <span class="small">tries again <${When} time=${provider.breaker.openUntil} at=${clock} /></span>`}</dd></div>
        <div><dt>Latency</dt><dd class="number">${format.milliseconds(provider.latency.p50Ms)} <span class="muted">p50</span> · ${format.milliseconds(provider.latency.p95Ms)} <span class="muted">p95</span></dd></div>
        <div><dt>Last success</dt><dd>${provider.lastSuccess ? html`<${When} time=${provider.lastSuccess} at=${clock} />` : html`<span class="muted">none yet</span>`}</dd></div>
        <div><dt>Last refusal</dt><dd>${provider.lastRefusal ? html`${outcomeText(provider.lastRefusal.outcome)}, <${When} time=${provider.lastRefusal.at} at=${clock} />` : html`<span class="muted">none</span>`}</dd></div>
      </dl>
      <div class="gauges">
        ${provider.quota.closedUntil && html`<p class="small"><${Chip} tone="bad">closed<//> by the provider’s word, opens <${When} time=${provider.quota.closedUntil} at=${clock} /></p>`}
        ${provider.quota.windows.length === 0 && html`<p class="muted small">No limit is set.</p>`}
        ${provider.quota.windows.map(limit => html`<${Gauge} key=${limit.seconds} limit=${limit} at=${clock} />`)}
      </div>
      <${Timeline} timeline=${timeline} counts=${counts} name=${nameOf(provider.id)} />
    </section>`;
}

function Gauge({ limit, at }) {
  const left = limit.left / limit.limit;
  const tone = left > 0.25 ? 'good' : left > 0.05 ? 'warn' : 'bad';
  const name = `per ${format.span(limit.seconds)}`;
  return html`
    <div class="gauge">
      <div class="gauge-text"><span>${name}</span>
        <span class="number">${format.whole(limit.left)} <span class="muted">of ${format.whole(limit.limit)} left</span></span></div>
      <div class="track ${tone}" role="meter" aria-label="Quota ${name}" aria-valuemin="0" aria-valuemax=${limit.limit} aria-valuenow=${limit.left}>
        <span class="fill" style=${{ width: `${100 * left}%` }}></span>
        ${limit.interactiveReserve > 0 && html`<span class="reserve" style=${{ left: `${(100 * limit.interactiveReserve) / limit.limit}%` }} title="Reserved for callers who wait: ${format.whole(limit.interactiveReserve)}"></span>`}
      </div>
      <p class="small muted">${limit.refillsAt ? html`refills <${When} time=${limit.refillsAt} at=${at} />` : 'nothing used'}</p>
    </div>`;
}

function Timeline({ timeline, counts, name }) {
  const total = counts.reduce((sum, part) => sum + part.count, 0);
  const summary = counts.length === 0 ? 'no calls yet' : counts.map(({ outcome, count }) => `${outcomeText(outcome)} ${format.whole(count)}`).join(', ');
  // A service that has just started has nothing to show of the time before.
  const all = timeline.data?.buckets ?? [];
  const begin = all.findIndex(bucket => bucket.calls > 0);
  const buckets = begin < 0 ? [] : all.slice(Math.max(0, Math.min(begin - 1, all.length - fewest)));
  const busiest = Math.max(1, ...buckets.map(bucket => bucket.calls));
  const slowest = Math.max(1, ...buckets.map(bucket => bucket.latencyP95Ms ?? 0));
  const step = buckets.length > 0 ? 100 / buckets.length : 0;
  return html`
    <div class="timeline">
      <p class="small"><span class="strong">Outcomes</span> <span class="muted">${total > 0 ? `since the start: ${summary}` : summary}</span></p>
      <${Stack} parts=${counts} label="Outcomes of ${name}: ${summary}" />
      ${timeline.problem?.status === 404 && html`<p class="small muted">Their course over time is not kept.</p>`}
      ${buckets.length > 0 && html`
        <p class="small muted">The last ${format.span(buckets.length * timeline.data.bucketSeconds)}: calls by outcome, most ${format.whole(busiest)}</p>
        <svg class="bars" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label="Calls to ${name} over time by outcome">
          ${buckets.map((bucket, index) => {
            let top = 32;
            return Object.entries(bucket.outcomes).map(([outcome, count]) => {
              const size = (30 * count) / busiest;
              top -= size;
              return html`<rect key="${index}-${outcome}" class=${toneOf(outcome)} x=${index * step + step * 0.1} width=${step * 0.8} y=${top} height=${size} />`;
            });
          })}
        </svg>
        <p class="small muted">Latency p50 and p95, highest ${format.milliseconds(slowest)}</p>
        <svg class="lines" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label="Latency of ${name} over time">
          ${['latencyP95Ms', 'latencyP50Ms'].map(field => html`<path key=${field} class=${field === 'latencyP95Ms' ? 'high' : 'middle'} d=${pathOf(buckets, field, step, slowest)} />`)}
        </svg>
        ${timeline.data.breakerChanges?.length > 0 && html`<p class="small">Breaker: ${timeline.data.breakerChanges.slice(-3).map((change, index) =>
          html`${index > 0 && ', '}${change.state} <span class="number">${format.timeOfDay(change.at)}</span>`)}</p>`}`}
    </div>`;
}

/** A line through the buckets that have a value; a gap where one has none. */
function pathOf(buckets, field, step, highest) {
  let pen = 'M';
  let path = '';
  buckets.forEach((bucket, index) => {
    if (bucket[field] === null || bucket[field] === undefined) {
      pen = 'M';
      return;
    }
    const [left, top] = [index * step, 31 - (29 * bucket[field]) / highest];
    path += `${pen}${left.toFixed(2)} ${top.toFixed(2)}H${(left + step).toFixed(2)}`;
    pen = 'L';
  });
  return path;
}
