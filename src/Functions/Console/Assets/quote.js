// A quote as one looks at it: the price, how far to trust it, what each vendor said, and how the answer was made.
import { useState } from './vendor/hooks.js';
import { call, useClock, useResource } from './api.js';
import { PriceHistory } from './history.js';
import * as format from './format.js';
import { html } from './html.js';
import { quotePath, SearchBox } from './search.js';
import { Card, Chip, colourOf, nameOf, outcomeText, Pending, ProblemNote, toneOf, When } from './ui.js';
import { RequestWaterfall } from './waterfall.js';

const budget = 1000;

export function HomeView() {
  const watchlist = useResource('watchlist?limit=12');
  const examples = [['AAPL', 'a US ticker'], ['VOD:XLON', 'a ticker at a venue'], ['SAP.DE', 'a vendor’s spelling'], ['DE0007164600', 'an ISIN']];
  return html`
    <div class="home">
      <h1 tabindex="-1">What is it worth right now, and how do we know?</h1>
      <${SearchBox} />
      <p class="muted">For example ${examples.map(([symbol, what], index) => html`
        ${index > 0 && ' · '}<a href=${quotePath(symbol)}><code>${symbol}</code></a> <span class="small">${what}</span>`)}</p>
      ${watchlist.data?.items.length > 0 && html`
        <h2 id="watched">Watched</h2>
        <ul class="tiles" aria-labelledby="watched">${watchlist.data.items.map(item => html`
          <li key=${item.symbol}><a href=${quotePath(item.symbol)}><span class="symbol">${item.symbol}</span><span class="muted">${item.name ?? item.venue ?? ''}</span></a></li>`)}</ul>`}
    </div>`;
}

const refreshes = {
  published: ['as published', 5000, 86400],
  often: ['ask every 5 s', 5000, 4],
  seldom: ['ask every 60 s', 60000, 55],
  off: ['off', 0, 0],
};

const currencies = ['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'AUD', 'CAD'];

export function QuoteView({ symbol }) {
  const [choice, setChoice] = useState(null);
  const [simulated, setSimulated] = useState(null);
  // Asking costs calls to the vendors: with real ones the page follows what others ask for, unless told otherwise.
  const refresh = choice ?? (simulated ? 'often' : 'published');
  const [, every, maxAge] = refreshes[refresh];
  const [agree, setAgree] = useState('');
  const [currency, setCurrency] = useState('');
  const converted = currency ? `&currency=${currency}` : '';
  const path = `quotes/${encodeURIComponent(symbol)}?budget=${budget}${agree ? `&agree=${agree}` : ''}${converted}`;
  const quote = useResource(path, { every, again: `${path}&maxAge=${maxAge}` });
  const pending = quote.status === 202 ? quote.data : null;
  const later = useResource(pending ? `quotes/${encodeURIComponent(symbol)}?instance=${pending.instanceId}${converted}` : null, { every: 1000 });
  const answer = pending ? (later.status === 200 ? later : null) : quote;
  const shown = answer?.data;
  const isSimulated = shown?.quality?.warnings.includes('simulated') ?? null;
  if (isSimulated !== null && isSimulated !== simulated) {
    setSimulated(isSimulated);
  }

  if (pending && !shown) {
    return html`<h1 tabindex="-1">${symbol}</h1><p class="loading" role="status"><span class="pulse"></span>The vendors are still being asked …</p>`;
  }
  if (!shown) {
    return html`<h1 tabindex="-1">${symbol}</h1><${Pending} resource=${quote} what="the quote" /><${Refusal} problem=${quote.problem} symbol=${symbol} />`;
  }

  const live = html`
    <label class="inline" for="agree">Answer when</label>
    <select id="agree" value=${agree} onChange=${event => setAgree(event.target.value)}>
      <option value="">all have answered</option>
      ${[2, 3, 4].map(count => html`<option value=${count}>${count} agree</option>`)}
    </select>
    <label class="inline" for="currency">Currency</label>
    <select id="currency" value=${currency} onChange=${event => setCurrency(event.target.value)}>
      <option value="">its own</option>
      ${currencies.map(code => html`<option value=${code}>${code}</option>`)}
    </select>
    <label class="inline" for="refresh">Refresh</label>
    <select id="refresh" value=${refresh} onChange=${event => setChoice(event.target.value)}>
      ${Object.entries(refreshes).map(([name, [title]]) => html`<option value=${name}>${title}</option>`)}
    </select>
    <button onClick=${async () => { await askNow(path); quote.reload(); }}>Ask now</button>`;
  return html`
    <${QuoteHead} quote=${shown} at=${answer.at} live=${live} />
    ${quote.problem && html`<${ProblemNote} problem=${quote.problem} what="the quote" />`}
    <div class="columns">
      <${VendorTable} quote=${shown} />
      <${Facts} quote=${shown} />
    </div>
    <${RequestWaterfall} quote=${shown} />
    <${PriceHistory} symbol=${shown.symbol} turn=${shown.traceId} />`;
}

async function askNow(path) {
  try {
    await call(`${path}&maxAge=0`);
  } catch {
    // Shown by the load that follows.
  }
}

/** What the vendors said where there is no price. */
function Refusal({ problem, symbol }) {
  const document = problem?.document;
  if (document?.quote) {
    return html`<${VendorTable} quote=${document.quote} />`;
  }
  if (!document?.providers) {
    return problem?.status === 404 || problem?.status === 400
      ? html`<p><a href="#/">Search</a> by name, ticker or ISIN. A listing outside the US needs its venue, as in <code>VOD:XLON</code>.</p>` : null;
  }
  return html`<${VendorTable} quote=${{ symbol, price: null, quality: { outliers: [] }, providers: document.providers, provenance: {} }} />`;
}

/** Confidence in words, with the reason as far as the quote tells it. */
export function trust(quote) {
  const { confidence, outliers, warnings, providersUsed, spreadBps } = quote.quality;
  const agree = `${providersUsed} ${providersUsed === 1 ? 'vendor' : 'vendors'} within ${format.basisPoints(spreadBps).replace('+', '')}`;
  const contradicted = warnings.includes('contradicted') || outliers.length > 0;
  if (confidence >= 0.85) {
    return ['High', 'good', `${agree}${outliers.length > 0 ? `; ${outliers.map(nameOf).join(', ')} left out` : ', nobody contradicts'}`];
  }
  if (confidence >= 0.7) {
    return ['Good', 'good', `${agree}${contradicted ? '; others contradict' : ''}`];
  }
  if (confidence >= 0.5) {
    return contradicted ? ['Limited', 'warn', `the fresh prices contradict each other${outliers.length > 0 ? `; ${outliers.map(nameOf).join(', ')} left out` : ''}`] : ['Limited', 'warn', 'it rests on one vendor’s word, or on few'];
  }
  return ['Low', 'bad', quote.completeness === 'stale' ? 'no fresh price: stored ones stand in' : 'no fresh price, or suspect ones beside it'];
}

const sessions = { regular: 'regular session', pre: 'before the open', post: 'after the close', closed: 'market closed' };
const completenesses = {
  complete: ['complete', 'good', 'Every vendor that covers the instrument answered.'],
  agreed: ['agreed', 'good', 'Enough vendors agreed; the others were not awaited.'],
  partial: ['partial', 'warn', 'At least one vendor did not answer.'],
  stale: ['stale', 'bad', 'No vendor answered: stored prices stand in.'],
};

export function QuoteHead({ quote, at, live, then }) {
  const clock = useClock();
  const when = then ?? clock;
  const decimals = format.decimalsOf([quote.price, quote.previousClose]);
  const [word, tone, reason] = trust(quote);
  const [complete, completeTone, meaning] = completenesses[quote.completeness] ?? [quote.completeness, 'quiet', ''];
  const rising = quote.change > 0 ? 'up' : quote.change < 0 ? 'down' : '';
  return html`
    <div class="quote-head">
      <div class="title">
        <h1 tabindex="-1">${quote.name ?? quote.symbol}</h1>
        <p class="muted"><span class="symbol">${quote.symbol}</span>${[quote.venue, quote.isin].filter(Boolean).map(text => html` · <span>${text}</span>`)}</p>
      </div>
      <div class="figure">
        <p class="price"><data id="price" value=${quote.price}>${format.price(quote.price, decimals)}</data> <span class="currency">${quote.currency ?? ''}</span></p>
        <p class="change ${rising}">${format.signed(quote.change, decimals)} <span>(${format.percent(quote.changePercent)})</span></p>
      </div>
      <dl class="state">
        <div><dt>Confidence</dt><dd>
          <${Chip} tone=${tone}>${word}<//> <span class="number" id="confidence">${format.share(quote.quality.confidence)}</span>
          <meter class=${tone} min="0" max="1" value=${quote.quality.confidence} aria-label="Confidence"></meter> <span class="muted">${reason}</span></dd></div>
        <div><dt>Answer</dt><dd>
          <${Chip} tone=${completeTone} title=${meaning}>${complete}<//>
          ${quote.quality.warnings.map(warning => html` <${Chip} tone=${warning === 'simulated' ? 'info' : 'warn'}>${format.words(warning)}<//>`)}
          <span class="muted" id="age"> ${then ? 'then' : format.ago(new Date(at).toISOString(), when)}</span></dd></div>
        <div><dt>Price of</dt><dd><span class="number" id="price-age">${quote.asOf ? html`<${When} time=${quote.asOf} at=${when} />` : 'day only'}</span>
          <span class="muted">${quote.session ? sessions[quote.session] : 'session unknown'}</span></dd></div>
        ${quote.conversion && html`<${Conversion} conversion=${quote.conversion} at=${when} />`}
      </dl>
      ${live && html`<div class="live">${live}</div>`}
    </div>`;
}

/** The price in the instrument's own currency, and the rate by which it was converted. */
function Conversion({ conversion, at }) {
  const { originalPrice, originalCurrency, unit, rate, pair, asOf, confidence, from } = conversion;
  return html`
    <div><dt>Converted</dt><dd id="conversion">
      <span class="number">${format.price(originalPrice, format.decimalsOf([originalPrice]))} ${originalCurrency}</span>
      <span>at ${rate} ${unit}</span>
      <span class="muted">${pair ? html`<a href=${quotePath(pair)}>${pair}</a>${asOf && html` <${When} time=${asOf} at=${at} />`}, confidence ${format.share(confidence)},
        from ${from.map(nameOf).join(', ')}` : 'units of one currency'}</span></dd></div>`;
}

const differenceOf = (price, consolidated) => (price == null || !consolidated ? null : (10000 * (price - consolidated)) / consolidated);

/** Each vendor's price beside the consolidated one. */
export function VendorTable({ quote, then }) {
  const clock = useClock();
  const at = then ?? clock;
  // What the vendors said is not converted.
  const [price, currency] = quote.conversion ? [quote.conversion.originalPrice, quote.conversion.originalCurrency] : [quote.price, quote.currency];
  // A price with the noise of a float must not give all of them its decimals.
  const decimals = Math.min(
    format.decimalsOf([price, ...quote.providers.map(result => result.quote?.price)]), price === null ? 4 : format.decimalsOf([price]) + 1);
  const rows = quote.providers.map(result => ({ ...result, difference: differenceOf(result.quote?.price, price) }));
  const used = new Set(quote.provenance?.price?.from ?? []);
  // The scale is that of the prices behind the answer, so that a price of yesterday does not flatten them.
  const reach = Math.max(2, ...rows.filter(row => used.has(row.id) && row.difference !== null).map(row => 1.25 * Math.abs(row.difference)));
  return html`
    <${Card} title="What each vendor said" id="vendors-title" wide=${true}
      aside=${html`<span class="muted small">scale ± ${format.basisPoints(reach).replace('+', '')}</span>`}>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="vendors-title">
      <table class="vendors">
        <thead><tr><th scope="col">Vendor</th><th scope="col" class="number">Price</th><th scope="col" class="number">Difference</th>
          <th scope="col" class="plot"><span class="hidden">Plot</span></th><th scope="col" class="number">As of</th><th scope="col" class="number">Took</th><th scope="col">Outcome</th></tr></thead>
        <tbody>
          ${rows.map(row => html`<${VendorRow} key=${row.id} row=${row} quote=${quote} decimals=${decimals} reach=${reach} used=${used} at=${at} />`)}
          <tr class="total"><th scope="row">Consolidated</th><td class="number strong">${format.price(price, decimals)}</td><td class="number">${currency ?? ''}</td>
            <td class="plot"></td><td colspan="3" class="muted">${methodText(quote.provenance?.price)}</td></tr>
        </tbody>
      </table></div>
    <//>`;
}

function methodText(provenance) {
  if (!provenance) {
    return 'no price';
  }
  const count = provenance.from.length;
  return `${format.words(provenance.method)} of ${count} ${count === 1 ? 'vendor' : 'vendors'}`;
}

function VendorRow({ row, quote, decimals, reach, used, at }) {
  const said = row.quote;
  const isOutlier = quote.quality.outliers.includes(row.id);
  const isOut = isOutlier || Boolean(said?.suspect);
  const beyond = row.difference !== null && Math.abs(row.difference) > reach;
  const place = row.difference === null ? null : 50 + 46 * Math.max(-1, Math.min(1, row.difference / reach));
  const notes = [
    isOutlier && ['outlier', 'bad', 'Too far from the others to agree with the price.'],
    said?.suspect && [`suspect: ${format.words(said.suspect)}`, 'bad', 'It cannot be true and was left out.'],
    row.fromStore && ['stored', 'warn', 'Its last known price stands in.'],
    said?.stale && !row.fromStore && ['stale', 'warn', 'Older than it claims to be.'],
    said && said.freshness !== 'real-time' && said.freshness !== 'unknown' && [format.words(said.freshness), 'quiet'],
  ].filter(Boolean);
  return html`
    <tr class=${isOut ? 'out' : ''} data-provider=${row.id}>
      <th scope="row"><span class="dot ${colourOf(row.id)}" aria-hidden="true"></span>${nameOf(row.id)}${used.has(row.id)
        ? html`<span class="used" title="The price rests on it"> <span class="hidden">, used</span>✓</span>` : ''}</th>
      <td class="number">${format.price(said?.price, decimals)}</td>
      <td class="number">${row.difference === null ? format.nothing : format.basisPoints(row.difference)}</td>
      <td class="plot" aria-hidden="true">${place !== null && html`<span class="mark ${colourOf(row.id)} ${beyond ? 'beyond' : ''}" style=${{ left: `${place}%` }}></span>`}</td>
      <td class="number">${!said ? format.nothing : said.asOf ? html`<${When} time=${said.asOf} at=${at} />` : format.day(said.tradingDate)}</td>
      <td class="number">${row.attempts > 0 || row.latencyMs > 0 ? format.milliseconds(row.latencyMs) : format.nothing}</td>
      <td><${Chip} tone=${toneOf(row.outcome)} title=${row.detail}>${outcomeText(row.outcome)}<//>${notes.map(([text, tone, title]) => html` <${Chip} tone=${tone} title=${title}>${text}<//>`)}
        ${row.attempts > 1 && html` <span class="muted small">${format.whole(row.attempts)} attempts</span>`}
        ${row.detail && toneOf(row.outcome) !== 'good' && html`<span class="detail">${row.detail}</span>`}</td>
    </tr>`;
}

const fields = [
  ['bid', 'Bid'], ['ask', 'Ask'], ['open', 'Open'], ['high', 'High'], ['low', 'Low'], ['previousClose', 'Previous close'], ['volume', 'Volume'],
];

export function Facts({ quote }) {
  const decimals = format.decimalsOf([quote.price, quote.bid, quote.ask, quote.open, quote.high, quote.low, quote.previousClose]);
  return html`
    <${Card} title="The day" id="day-title">
      <table class="facts"><tbody>${fields.map(([name, title]) => {
        const from = quote.provenance?.[name];
        return html`<tr key=${name}><th scope="row">${title}</th>
          <td class="number">${name === 'volume' ? format.whole(quote[name]) : format.price(quote[name], decimals)}</td>
          <td class="sources">${from && html`<span title="${format.words(from.method)}: ${from.from.map(nameOf).join(', ')}">${from.from.map(id =>
            html`<span class="dot ${colourOf(id)}" key=${id}></span>`)}<span class="hidden">from ${from.from.map(nameOf).join(', ')}</span></span>`}</td></tr>`;
      })}</tbody></table>
      ${quote.quality.repaired?.length > 0 && html`<p class="small muted">Repaired: ${quote.quality.repaired.map(format.words).join('; ')}</p>`}
      ${quote.timing && html`<p class="small muted">Answered in ${format.milliseconds(quote.timing.elapsedMs)} of ${format.milliseconds(quote.timing.budgetMs)},
        of which ${format.milliseconds(quote.timing.overheadMs)} were our own.</p>`}
      ${quote.traceId && html`<p class="small muted">Trace <a href="#/traces/${quote.traceId}"><code>${quote.traceId.slice(0, 12)}…</code></a></p>`}
    <//>`;
}
