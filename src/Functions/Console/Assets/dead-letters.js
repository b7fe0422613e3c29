// Messages that were put aside, and the way to send them again.
import { useState } from './vendor/hooks.js';
import { call, Problem, useClock, useKeys, useResource } from './api.js';
import * as format from './format.js';
import { html } from './html.js';
import { Card, Chip, Empty, Pending, When } from './ui.js';

export function DeadLettersView() {
  const letters = useResource('dead-letters', { every: 10000, level: 'operator' });
  const isMissing = letters.problem?.status === 404;
  return html`
    <h1 tabindex="-1">Dead letters</h1>
    <p class="muted">Messages that could not be processed. Requeueing one needs the master key.</p>
    ${isMissing ? html`<${Empty} title="Not kept.">This service lists no messages that were put aside.<//>` : html`<${Pending} resource=${letters} what="the messages" />`}
    ${letters.data && (letters.data.items.length === 0 ? html`<${Empty} title="None.">No message has been put aside.<//>`
      : letters.data.items.map(letter => html`<${Letter} key=${letter.id} letter=${letter} onDone=${letters.reload} />`))}`;
}

function Letter({ letter, onDone }) {
  const clock = useClock();
  const [said, setSaid] = useState(null);
  const [wanted, setWanted] = useState(null);
  const keyTurn = useKeys().turn;

  async function requeue() {
    setWanted(keyTurn);
    setSaid(null);
    try {
      await call(`dead-letters/${encodeURIComponent(letter.id)}/requeue`, { method: 'POST', level: 'master' });
      setSaid({ tone: 'good', text: 'Requeued.' });
      onDone();
    } catch (problem) {
      if (!(problem instanceof Problem)) {
        throw problem;
      }
      setSaid({ tone: 'bad', text: problem.lacking ? 'Give the master key, then requeue again.' : problem.message });
    }
  }

  return html`
    <${Card} title=${letter.queue} id="letter-${letter.id}" wide=${true} aside=${letter.requeuedAt ? html`<${Chip} tone="good">requeued<//>`
      : letter.canRequeue === false ? html`<span class="muted small">cannot be requeued: it may hold a key</span>`
      : html`<button onClick=${requeue} aria-describedby="letter-${letter.id}">${wanted !== null && said?.tone === 'bad' && wanted !== keyTurn ? 'Requeue again' : 'Requeue'}</button>`}>
      <p><span class="strong">${letter.reason}</span> <span class="muted">received <${When} time=${letter.receivedAt} at=${clock} />${letter.deliveries > 1 && `, ${format.whole(letter.deliveries)} deliveries`}${letter.requeuedAt && html`, requeued <${When} time=${letter.requeuedAt} at=${clock} />`}</span></p>
      <details><summary>Message</summary><pre tabindex="0">${letter.body}</pre></details>
      <p role="status" class=${said?.tone === 'bad' ? 'fault' : 'muted'}>${said?.text ?? ''}</p>
    <//>`;
}
