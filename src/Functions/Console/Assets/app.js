// The shell of the console: navigation by the address's fragment, the search field, the dialog for the key.
import { Component, render } from './vendor/preact.js';
import { useEffect, useRef, useState } from './vendor/hooks.js';
import { address, dismissKey, forgetKeys, giveKeys, useKeys } from './api.js';
import { html } from './html.js';
import { BatchView, BatchesView } from './batches.js';
import { DeadLettersView } from './dead-letters.js';
import { FailedOrchestrationsView } from './failed-orchestrations.js';
import { PastAnswerView, TraceView } from './past.js';
import { ProvidersView } from './providers.js';
import { HomeView, QuoteView } from './quote.js';
import { SearchBox } from './search.js';
import { KeyDialog } from './ui.js';
import { WatchlistView } from './watchlist.js';

const sections = [
  ['Quotes', '#/', path => path[0] === undefined || path[0] === 'quotes' || path[0] === 'traces'],
  ['Providers', '#/providers', path => path[0] === 'providers'],
  ['Batches', '#/batches', path => path[0] === 'batches'],
  ['Watchlist', '#/watchlist', path => path[0] === 'watchlist'],
  ['Dead letters', '#/dead-letters', path => path[0] === 'dead-letters'],
  ['Failures', '#/failed-orchestrations', path => path[0] === 'failed-orchestrations'],
];

/** null for a part of an address that decodes to nothing, such as %zz. */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The parts of the fragment; those of no view when one of them is broken. */
function readPath() {
  const path = location.hash.replace(/^#\/?/, '').split('/').filter(part => part !== '').map(decode);
  return path.includes(null) ? ['not-found'] : path;
}

function usePath() {
  const [path, setPath] = useState(readPath);
  useEffect(() => {
    const listener = () => setPath(readPath());
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, []);
  return path;
}

function View({ path: [section, first, second, third] }) {
  switch (section) {
    case undefined: return html`<${HomeView} />`;
    case 'quotes': return first === undefined ? html`<${HomeView} />`
      : second === 'history' && third
      ? html`<${PastAnswerView} symbol=${first} id=${third} key=${third} />`
      : html`<${QuoteView} symbol=${first} key=${first} />`;
    case 'traces': return first ? html`<${TraceView} id=${first} key=${first} />` : html`<${NotFoundView} />`;
    case 'providers': return html`<${ProvidersView} />`;
    case 'batches': return first ? html`<${BatchView} id=${first} key=${first} />` : html`<${BatchesView} />`;
    case 'watchlist': return html`<${WatchlistView} />`;
    case 'dead-letters': return html`<${DeadLettersView} />`;
    case 'failed-orchestrations': return html`<${FailedOrchestrationsView} />`;
    default: return html`<${NotFoundView} />`;
  }
}

const NotFoundView = () => html`
  <h1 tabindex="-1">Not found</h1><p>There is no such page. <a href="#/">Search for an instrument</a> instead.</p>`;

/** An error in a view must not leave an empty page. */
class Guard extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  render({ children }, { error }) {
    return error === null ? children : html`
      <div class="problem" role="alert"><p class="strong">This view failed.</p><p>${String(error.message ?? error)}</p>
        <p><button onClick=${() => this.setState({ error: null })}>Try again</button></p></div>`;
  }
}

function App() {
  const path = usePath();
  const keys = useKeys();
  const main = useRef(null);
  const first = useRef(true);
  const place = path.join('/');
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // A reader of the screen hears the new view's heading, and the keyboard goes on from there.
    main.current.querySelector('h1')?.focus();
    scrollTo(0, 0);
  }, [place]);

  return html`
    <a class="skip" href="#main" onClick=${event => { event.preventDefault(); main.current.focus(); }}>Skip to content</a>
    <header class="bar">
      <a class="mark" href="#/" aria-label="Quorum, start"><${Mark} /><span>Quorum</span></a>
      <nav aria-label="Sections">
        ${sections.map(([title, href, isHere]) => html`<a href=${href} aria-current=${isHere(path) ? 'page' : undefined}>${title}</a>`)}
        <a href=${address('docs')}>API</a>
      </nav>
      ${path.length > 0 && html`<${SearchBox} compact=${true} />`}
      ${keys.held && html`<button class="plain lock" onClick=${forgetKeys}>Forget key</button>`}
    </header>
    <main id="main" tabindex="-1" ref=${main}><${Guard} key=${place}><${View} path=${path} /><//></main>
    ${keys.asked && html`<${KeyDialog} asked=${keys.asked} held=${keys.keys} onKeys=${giveKeys} onClose=${dismissKey} />`}`;
}

const Mark = () => html`
  <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true">
    <path d="M12 2.6 20.1 7.3v9.4L12 21.4 3.9 16.7V7.3z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
    <circle cx="12" cy="12" r="3.4" fill="currentColor" />
  </svg>`;

const root = document.getElementById('app');
root.replaceChildren();
render(html`<${App} />`, root);
