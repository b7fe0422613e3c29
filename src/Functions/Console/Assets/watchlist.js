// The watchlist: the symbols that are kept in the cache, their last and next refresh, or the reason for none.
import { useState } from './vendor/hooks.js';
import { call, Problem, useClock, useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { quotePath } from './search.js';
import { Chip, Empty, Pending, When } from './ui.js';

const most = 200;

export function WatchlistView() {
  const list = useResource(`watchlist?limit=${most}`, { every: 5000 });
  const clock = useClock();
  const [symbol, setSymbol] = useState('');
  const [maxAge, setMaxAge] = useState('5');
  const [said, setSaid] = useState(null);

  async function act(done, path, options) {
    try {
      const answer = await call(path, options);
      setSaid({ tone: 'good', text: done(answer.data) });
      list.reload();
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        throw problem;
      }
      setSaid({ tone: 'bad', text: problem.message });
      return false;
    }
  }

  const add = async event => {
    event.preventDefault();
    const isAdded = await act(watched => `${watched.symbol} is watched.`, `watchlist/${encodeURIComponent(symbol.trim())}`, { method: 'PUT', body: { maxAge: Number(maxAge) } });
    if (isAdded) {
      setSymbol('');
    }
  };

  return html`
    <h1 tabindex="-1">Watchlist</h1>
    <p class="muted">The quotes of these symbols are refreshed while their venues trade, as far as the vendors’ quotas allow.</p>
    <form class="add" onSubmit=${add}>
      <div><label for="watch-symbol">Symbol</label><input id="watch-symbol" required maxlength="32" autocomplete="off" autocapitalize="characters" spellcheck=${false}
        value=${symbol} onInput=${event => setSymbol(event.target.value)} /></div>
      <div><label for="watch-age">Highest age in s</label><input id="watch-age" type="number" min="1" max="86400" required value=${maxAge} onInput=${event => setMaxAge(event.target.value)} /></div>
      <button type="submit" disabled=${symbol.trim() === ''}>Watch</button>
      <p role="status" class=${said?.tone === 'bad' ? 'fault' : 'muted'} id="watch-status">${said?.text ?? ''}</p>
    </form>
    <${Pending} resource=${list} what="the watchlist" />
    ${list.data && (list.data.items.length === 0 ? html`<${Empty} title="Nothing is watched.">Add a symbol above.<//>` : html`
      <div class="card wide"><div class="scroll" tabindex="0" role="region" aria-label="Watched symbols"><table>
        <thead><tr><th scope="col">Symbol</th><th scope="col">Name</th><th scope="col" class="number">Highest age</th><th scope="col" class="number">Last refresh</th>
          <th scope="col" class="number">Next</th><th scope="col">Why not now</th><th scope="col"><span class="hidden">Remove</span></th></tr></thead>
        <tbody>${list.data.items.map(item => html`<tr key=${item.symbol} data-symbol=${item.symbol}>
          <th scope="row"><a href=${quotePath(item.symbol)}>${item.symbol}</a></th><td>${item.name ?? html`<span class="muted">unknown</span>`}</td>
          <td class="number">${format.span(item.maxAge)}</td>
          <td class="number">${item.lastRefreshed ? html`<${When} time=${item.lastRefreshed} at=${clock} />` : html`<span class="muted">never</span>`}</td>
          <td class="number">${item.nextRefresh ? (Date.parse(item.nextRefresh) <= clock ? 'due' : html`<${When} time=${item.nextRefresh} at=${clock} />`) : html`<span class="muted">${item.reason ? format.nothing : 'at once'}</span>`}</td>
          <td>${item.reason ? html`<${Chip} tone="warn">${format.words(item.reason)}<//> <span class="detail">${item.detail}</span>` : html`<span class="muted">${format.nothing}</span>`}</td>
          <td><button class="plain" aria-label="Remove ${item.symbol}" onClick=${() => act(() => `${item.symbol} is not watched any more.`, `watchlist/${encodeURIComponent(item.symbol)}`, { method: 'DELETE' })}>Remove</button></td>
        </tr>`)}</tbody>
      </table></div></div>`)}`;
}
