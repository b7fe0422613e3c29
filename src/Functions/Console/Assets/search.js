// The search field: instruments by name, ticker, ISIN or a vendor's spelling, as a combobox with a list.
import { useEffect, useRef, useState } from './vendor/hooks.js';
import { call, Problem, useKeys } from './api.js';
import { html } from './html.js';

const pause = 150;
const most = 8;

let fields = 0;

export const quotePath = symbol => `#/quotes/${encodeURIComponent(symbol)}`;

export function SearchBox({ compact = false }) {
  const [id] = useState(() => `search-${++fields}`);
  const [text, setText] = useState('');
  const [found, setFound] = useState({ text: '', items: [], fault: '' });
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const keyTurn = useKeys().turn;
  const input = useRef(null);
  const query = text.trim();

  useEffect(() => {
    if (query === '') {
      setFound({ text: '', items: [], fault: '' });
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { data } = await call(`instruments?limit=${most}&q=${encodeURIComponent(query)}`, { signal: stop.signal });
        setFound({ text: query, items: data.items, fault: '' });
      } catch (problem) {
        if (!stop.signal.aborted && problem instanceof Problem) {
          setFound({ text: query, items: [], fault: problem.lacking ? 'A key is needed to search.' : problem.message });
        }
      }
      setActive(-1);
    }, pause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, keyTurn]);

  const items = found.text === query ? found.items : [];
  const isOpen = open && query !== '' && found.text === query;

  function go(symbol) {
    setOpen(false);
    setText('');
    input.current.blur();
    location.hash = quotePath(symbol);
  }

  function onKeyDown(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive(items.length === 0 ? -1 : (active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length);
    } else if (event.key === 'Escape') {
      setOpen(false);
    } else if (event.key === 'Enter' && query !== '') {
      event.preventDefault();
      // A choice, else the one that was found, else the text itself: the service knows symbols that the reference data lack.
      go(items[active]?.symbol ?? (items.length === 1 ? items[0].symbol : query));
    }
  }

  return html`
    <div class="search ${compact ? 'compact' : ''}" role="search">
      <label for=${id} class=${compact ? 'hidden' : ''}>Instrument</label>
      <input id=${id} ref=${input} type="text" role="combobox" autocomplete="off" autocapitalize="off" spellcheck=${false} maxlength="64"
        placeholder="Name, ticker, ISIN or a vendor’s spelling" aria-expanded=${isOpen} aria-controls="${id}-list" aria-autocomplete="list"
        aria-activedescendant=${isOpen && active >= 0 ? `${id}-${active}` : undefined} value=${text}
        onInput=${event => { setText(event.target.value); setOpen(true); }} onFocus=${() => setOpen(true)}
        onBlur=${() => setOpen(false)} onKeyDown=${onKeyDown} />
      <ul id="${id}-list" role="listbox" aria-label="Instruments" hidden=${!isOpen}>
        ${items.map((item, index) => html`
          <li id="${id}-${index}" role="option" aria-selected=${index === active} key=${item.symbol}
            onMouseDown=${event => { event.preventDefault(); go(item.symbol); }}>
            <span class="symbol">${item.symbol}</span><span class="name">${item.name}</span>
            <span class="muted">${[item.venue, item.currency].filter(Boolean).join(' · ')}</span>
          </li>`)}
        ${items.length === 0 && html`
          <li class="none" role="option" aria-selected="false" aria-disabled="true">${found.fault
            || 'Not in the reference data. Press Enter to ask the vendors for it.'}</li>`}
      </ul>
    </div>`;
}
