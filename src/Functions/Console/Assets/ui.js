// The small parts that the views share.
import { useEffect, useRef, useState } from './vendor/hooks.js';
import { askForKey, keyNames } from './api.js';
import { ago, moment, words } from './format.js';
import { html } from './html.js';

export const vendors = ['finnhub', 'alpha-vantage', 'twelve-data', 'massive', 'alpaca', 'eodhd'];

const names = {
  finnhub: 'Finnhub', 'alpha-vantage': 'Alpha Vantage', 'twelve-data': 'Twelve Data', massive: 'Massive', alpaca: 'Alpaca', eodhd: 'EODHD',
};

export const nameOf = id => names[id] ?? id;

/** The class of a vendor's colour. */
export const colourOf = id => `vendor-${Math.max(0, vendors.indexOf(id)) + 1}`;

const outcomes = {
  ok: ['answered', 'good'],
  pending: ['not awaited', 'quiet'],
  'unknown-symbol': ['does not know it', 'quiet'],
  'no-price': ['no price', 'warn'],
  'timed-out': ['too late', 'warn'],
  'rate-limited': ['refused: rate limit', 'warn'],
  'quota-exhausted': ['quota used up', 'warn'],
  'circuit-open': ['not asked: circuit open', 'warn'],
  'invalid-key': ['key rejected', 'bad'],
  'plan-restricted': ['not in the plan', 'warn'],
  'bad-request': ['request rejected', 'bad'],
  'server-error': ['server error', 'bad'],
  'malformed-response': ['malformed answer', 'bad'],
  unreachable: ['unreachable', 'bad'],
  'not-covered': ['does not cover it', 'quiet'],
  disabled: ['disabled', 'quiet'],
  error: ['error', 'bad'],
};

export const outcomeText = outcome => outcomes[outcome]?.[0] ?? words(outcome);
export const toneOf = outcome => outcomes[outcome]?.[1] ?? 'quiet';

export const Chip = ({ tone = 'quiet', title, children }) => html`<span class="chip ${tone}" title=${title}>${children}</span>`;

export const Card = ({ title, aside, children, id, wide }) => html`
  <section class="card ${wide ? 'wide' : ''}" aria-labelledby=${id}>
    <header><h2 id=${id}>${title}</h2>${aside && html`<div class="aside">${aside}</div>`}</header>
    ${children}
  </section>`;

export const Empty = ({ title, children }) => html`<div class="empty"><p class="strong">${title}</p>${children && html`<p>${children}</p>`}</div>`;

export const Loading = ({ what }) => html`<p class="loading" role="status"><span class="pulse" aria-hidden="true"></span>Loading ${what} …</p>`;

/** A time with the exact moment in its title. */
export const When = ({ time, at }) => html`<time datetime=${time} title=${moment(time)}>${ago(time, at)}</time>`;

export function ProblemNote({ problem, what }) {
  if (!problem) {
    return null;
  }
  if (problem.lacking) {
    return html`<${Empty} title="A key is needed.">Give ${keyNames[problem.lacking]} to see ${what}.
      ${' '}<button type="button" class="plain" onClick=${() => askForKey(problem.lacking)}>Enter a key</button><//>`;
  }
  const { title, detail, traceId } = problem.document;
  return html`
    <div class="problem" role="alert">
      <p class="strong">${title ?? 'Problem'}${problem.status ? html` <span class="muted">(${problem.status})</span>` : ''}</p>
      ${detail && html`<p>${detail}</p>`}
      ${traceId && html`<p class="muted small">Trace <code>${traceId}</code></p>`}
    </div>`;
}

/** The state of a resource where there is nothing to show yet; null when there is. */
export function Pending({ resource, what }) {
  return resource.data !== undefined && resource.data !== null ? (resource.problem ? html`<${ProblemNote} problem=${resource.problem} what=${what} />` : null)
    : resource.problem ? html`<${ProblemNote} problem=${resource.problem} what=${what} />`
    : html`<${Loading} what=${what} />`;
}

const dialogs = {
  function: {
    title: 'Function key',
    text: 'The data of this service need a key. A service with consumers also needs the consumer\'s key that it gave you, unless you have the master key.',
    fault: 'The service rejected this key.',
  },
  consumer: {
    title: 'Consumer\'s key',
    text: 'This service has consumers: their data need a consumer\'s key, or the master key in place of the function key.',
    fault: 'The service does not know this consumer\'s key: it was never created, or it is revoked.',
  },
  master: {
    title: 'Master key',
    text: 'This concerns all callers, and needs the master key.',
    fault: 'The service rejected this key.',
  },
};

const fields = {
  function: [['function', 'Function key or master key'], ['consumer', 'Consumer\'s key']],
  consumer: [['function', 'Function key or master key'], ['consumer', 'Consumer\'s key']],
  master: [['master', 'Master key']],
};

/** Asks for keys in a modal dialog: for the one that a call lacked, with the fault of the one that was sent. */
export function KeyDialog({ asked, held, onKeys, onClose }) {
  const dialog = useRef(null);
  const [keys, setKeys] = useState(held);
  const [fault, setFault] = useState('');
  const isSent = useRef(false);
  const { title, text, fault: rejected } = dialogs[asked.level];
  useEffect(() => {
    if (!dialog.current.open) {
      dialog.current.showModal();
    }
    dialog.current.querySelector(`#key-${asked.level}`).focus();
    setFault(asked.wrong ? rejected : '');
  }, [asked]);
  const given = Object.fromEntries(fields[asked.level].map(([name]) => [name, keys[name]]));
  const send = event => {
    event.preventDefault();
    if (Object.values(given).some(key => !/^[\x21-\x7e]*$/.test(key))) {
      setFault('A key consists of visible ASCII characters.');
      return;
    }
    isSent.current = true;
    dialog.current.close();
    onKeys(given);
  };
  return html`
    <dialog ref=${dialog} aria-labelledby="key-title" onClose=${() => isSent.current || onClose()}>
      <form onSubmit=${send}>
        <h2 id="key-title">${title}</h2>
        <p class="muted">${text} Keys are kept in the memory of this page only, and forgotten when you close or reload it.</p>
        ${fields[asked.level].map(([name, label]) => html`
          <label for="key-${name}">${label}</label>
          <input id="key-${name}" type="password" autocomplete="off" spellcheck=${false} value=${keys[name]}
            aria-describedby=${name === asked.level ? 'key-fault' : undefined} aria-invalid=${name === asked.level && fault !== ''}
            onInput=${event => setKeys({ ...keys, [name]: event.target.value.trim() })} />`)}
        <p id="key-fault" class="fault" role="alert">${fault}</p>
        <div class="buttons">
          <button type="button" class="plain" onClick=${() => dialog.current.close()}>Cancel</button>
          <button type="submit" disabled=${Object.values(given).every(key => key === '')}>Use ${fields[asked.level].length > 1 ? 'keys' : 'key'}</button>
        </div>
      </form>
    </dialog>`;
}

/** A bar of parts that add up. */
export function Stack({ parts, label }) {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  return html`
    <div class="stack" role="img" aria-label=${label}>
      ${total > 0 && parts.filter(part => part.count > 0).map(part => html`
        <span class="part ${part.tone}" style=${{ width: `${(100 * part.count) / total}%` }}></span>`)}
    </div>`;
}

/** The width of an element in pixels, as it changes. */
export function useWidth(fallback = 640) {
  const element = useRef(null);
  const [width, setWidth] = useState(fallback);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.floor(entry.contentRect.width))));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
