// The price over time: what was answered, what each vendor had said, and the way to any of these answers.
import { useEffect, useMemo, useState } from './vendor/hooks.js';
import { call, Problem, useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { Card, Chip, colourOf, nameOf, Pending, useWidth, vendors } from './ui.js';

const most = 60;
const height = 260;
const margin = { top: 12, right: 12, bottom: 24, left: 64 };

/** The address of a past answer's page; null where the service keeps no id for it. */
export const answerPath = (symbol, item) => (item.id === undefined || item.id === null ? null
  : `#/quotes/${encodeURIComponent(symbol)}/history/${encodeURIComponent(item.id)}`);

/** @param turn Changes when there is a new answer. */
export function PriceHistory({ symbol, turn }) {
  const path = `quotes/${encodeURIComponent(symbol)}/history?limit=${most}`;
  const history = useResource(path);
  useEffect(() => {
    if (history.data) {
      history.reload();
    }
  }, [turn]);
  const answers = useMemo(() => (history.data?.items ?? []).filter(item => item.price !== null).reverse(), [history.data]);
  return html`
    <${Card} title="Price over time" id="history-title" wide=${true} aside=${html`<${WhyThen} symbol=${symbol} />`}>
      <${Pending} resource=${history} what="the history" />
      ${history.data && (answers.length === 0 ? html`<p class="muted">No answer has been published yet.</p>` : html`
        <${Chart} symbol=${symbol} answers=${answers} />
        <${AnswerTable} symbol=${symbol} answers=${[...answers].reverse().slice(0, 12)} />`)}
    <//>`;
}

/** Asks for the answer that held at a time. */
function WhyThen({ symbol }) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const find = async event => {
    event.preventDefault();
    setFault('');
    const moment = new Date(text);
    if (Number.isNaN(moment.getTime())) {
      setFault('Give a date and a time.');
      return;
    }
    try {
      // The end is exclusive: an answer of that very second counts.
      const until = new Date(moment.getTime() + 1000).toISOString();
      const { data } = await call(`quotes/${encodeURIComponent(symbol)}/history?limit=1&to=${encodeURIComponent(until)}`);
      const path = data.items.length > 0 ? answerPath(symbol, data.items[0]) : null;
      if (path) {
        location.hash = path;
      } else {
        setFault(data.items.length === 0 ? 'No answer is kept from then or before.' : 'This service keeps no single answers.');
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        throw problem;
      }
      setFault(problem.message);
    }
  };
  return html`
    <form class="why" onSubmit=${find}>
      <label for="why">Why this price at</label>
      <input id="why" type="datetime-local" step="1" value=${text} onInput=${event => setText(event.target.value)} aria-describedby="why-fault" />
      <button type="submit" disabled=${text === ''}>Show</button>
      <span id="why-fault" class="fault" role="status">${fault}</span>
    </form>`;
}

function scale(from, to, start, end) {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return value => (to === from ? (start + end) / 2 : start + (value - from) * factor);
}

function priceTicks(low, high) {
  const raw = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= raw);
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1e6; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return ticks;
}

function Chart({ symbol, answers }) {
  const [element, width] = useWidth();
  const [chosen, setChosen] = useState(null);
  const [hidden, setHidden] = useState(new Set());
  const points = useMemo(() => answers.flatMap((answer, index) => answer.providers
    .filter(result => result.quote?.price != null && !result.fromStore && !hidden.has(result.id))
    .map(result => ({ index, id: result.id, price: result.quote.price, used: answer.provenance.price?.from.includes(result.id), out: answer.quality.outliers.includes(result.id) || Boolean(result.quote.suspect) }))),
  [answers, hidden]);
  const times = answers.map(answer => Date.parse(answer.publishedAt));
  // A price of yesterday must not flatten the rest: the axis spans the answers and the prices behind them; others stand at its edge.
  const prices = [...answers.map(answer => answer.price), ...points.filter(point => point.used).map(point => point.price)];
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.001 || 1;
  const x = scale(times[0], times.at(-1), margin.left + 8, width - margin.right - 8);
  const y = scale(low - room, high + room, height - margin.bottom, margin.top);
  const ticks = priceTicks(low - room, high + room);
  const decimals = format.decimalsOf(ticks);
  const inside = value => Math.max(margin.top, Math.min(height - margin.bottom, value));
  const line = answers.map((answer, index) => `${index === 0 ? 'M' : 'H'}${x(times[index]).toFixed(1)}${index === 0 ? ' ' : 'V'}${y(answer.price).toFixed(1)}`).join('');
  const at = chosen === null ? null : answers[Math.min(chosen, answers.length - 1)];
  const index = at ? answers.indexOf(at) : -1;
  const nearest = event => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return times.reduce((best, time, place) => (Math.abs(x(time) - left) < Math.abs(x(times[best]) - left) ? place : best), 0);
  };
  const onKeyDown = event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(answers.length - 1, (chosen ?? (step > 0 ? -1 : answers.length)) + step)));
    } else if (event.key === 'Enter' && at && answerPath(symbol, at)) {
      location.hash = answerPath(symbol, at);
    }
  };
  const timeTicks = Array.from({ length: Math.max(2, Math.min(6, Math.floor(width / 140))) }, (_, place) => place);
  return html`
    <div class="chart" ref=${element}>
      <svg width=${width} height=${height} role="img" tabindex="0"
        aria-label="Price over ${answers.length} answers, from ${format.price(low)} to ${format.price(high)}. The arrow keys choose an answer, Enter shows it."
        onMouseMove=${event => setChosen(nearest(event))} onMouseLeave=${() => setChosen(null)} onKeyDown=${onKeyDown} onBlur=${() => setChosen(null)}
        onClick=${event => { const path = answerPath(symbol, answers[nearest(event)]); if (path) { location.hash = path; } }}>
        ${ticks.map(tick => html`<g class="axis" key=${tick}><line x1=${margin.left} x2=${width - margin.right} y1=${y(tick)} y2=${y(tick)} />
          <text x=${margin.left - 8} y=${y(tick) + 4} text-anchor="end">${format.price(tick, decimals)}</text></g>`)}
        ${times.length > 1 && timeTicks.map(place => {
          const time = times[0] + ((times.at(-1) - times[0]) * place) / (timeTicks.length - 1);
          const anchor = place === 0 ? 'start' : place === timeTicks.length - 1 ? 'end' : 'middle';
          return html`<text class="axis" key=${place} x=${x(time)} y=${height - 6} text-anchor=${anchor}>${times.at(-1) - times[0] < 600000
            ? format.timeOfDay(time) : format.minuteOfDay(time)}</text>`;
        })}
        ${points.map(point => html`<circle key="${point.index}-${point.id}" class="point ${colourOf(point.id)} ${point.out ? 'out' : ''}"
          cx=${x(times[point.index])} cy=${inside(y(point.price))} r=${point.out ? 4 : 3} />`)}
        <path class="consolidated" d=${line} />
        ${answers.map((answer, place) => html`<circle key=${answer.publishedAt} class="answer ${place === index ? 'chosen' : ''}" cx=${x(times[place])} cy=${y(answer.price)} r=${place === index ? 5 : 3.2} />`)}
        ${at && html`<line class="cross" x1=${x(times[index])} x2=${x(times[index])} y1=${margin.top} y2=${height - margin.bottom} />`}
      </svg>
      <p class="readout" aria-live="polite">${at ? html`<span class="number">${format.moment(at.publishedAt)}</span>
        <span class="number strong">${format.price(at.price, format.decimalsOf([at.price]))} ${at.currency ?? ''}</span>
        <span>confidence <span class="number">${format.share(at.quality.confidence)}</span></span>
        <span>${format.whole(at.quality.providersUsed)} of ${format.whole(at.quality.providersAsked)} vendors agree</span>`
        : html`<span class="muted">Line: the answers. Dots: what each vendor said; rings: left out of the price.</span>`}</p>
      <fieldset class="vendor-keys"><legend class="hidden">Vendors shown</legend>${vendors.map(id => html`
        <label class="check" key=${id}><input type="checkbox" checked=${!hidden.has(id)} onChange=${event => {
          const next = new Set(hidden);
          next[event.target.checked ? 'delete' : 'add'](id);
          setHidden(next);
        }} /> <span class="dot ${colourOf(id)}" aria-hidden="true"></span>${nameOf(id)}</label>`)}</fieldset>
    </div>`;
}

function AnswerTable({ symbol, answers }) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Latest answers">
    <table class="answers">
      <thead><tr><th scope="col">Published</th><th scope="col" class="number">Price</th><th scope="col" class="number">Confidence</th><th scope="col" class="number">Agree</th>
        <th scope="col">Answer</th><th scope="col">Left out</th><th scope="col"><span class="hidden">Why</span></th></tr></thead>
      <tbody>${answers.map(answer => {
        const path = answerPath(symbol, answer);
        return html`<tr key=${answer.publishedAt}>
          <th scope="row">${format.moment(answer.publishedAt)}</th>
          <td class="number">${format.price(answer.price, format.decimalsOf(answers.map(one => one.price)))}</td>
          <td class="number">${format.share(answer.quality.confidence)}</td>
          <td class="number">${format.whole(answer.quality.providersUsed)} / ${format.whole(answer.quality.providersAsked)}</td>
          <td><${Chip} tone=${{ complete: 'good', agreed: 'good', partial: 'warn', stale: 'bad' }[answer.completeness]}>${answer.completeness}<//></td>
          <td>${answer.quality.outliers.map(nameOf).join(', ') || html`<span class="muted">${format.nothing}</span>`}</td>
          <td>${path && html`<a href=${path} aria-label="Why this price at ${format.moment(answer.publishedAt)}">Why</a>`}</td>
        </tr>`;
      })}</tbody>
    </table></div>`;
}
