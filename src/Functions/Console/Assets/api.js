// Calls of the API. The keys stay in this module's memory: they are neither stored nor put into an address.
import { useEffect, useRef, useState } from './vendor/hooks.js';
import { noteServerTime, now } from './format.js';

// This file is <prefix>/console/<version>/api.js.
const root = new URL('../../', import.meta.url);
const keys = { function: '', master: '', consumer: '' };
const listeners = new Set();

/** The level of the key that a call lacked, and true if one was sent and rejected; null when none is asked for. */
let asked = null;

/** The level of the key that the reader did not give when it was asked for: it is asked for again on request only. */
let dismissed = null;
let turn = 0;

function tell() {
  for (const listener of listeners) {
    listener();
  }
}

/** An answer that is no success, or no answer at all (status 0). */
export class Problem extends Error {
  /** @param {'function' | 'consumer' | 'master' | null} lacking The level of the key that the call lacked. */
  constructor(status, document, lacking = null) {
    super(document.detail ?? document.title ?? `Status ${status}`);
    this.status = status;
    this.document = document;
    this.lacking = lacking;
  }
}

/** The address of a path below the API's prefix. */
export const address = path => new URL(path, root).href;

const consumerKeyRequired = 'urn:quorum:problem:consumer-key-required';
const unknownConsumerKey = 'urn:quorum:problem:unknown-consumer-key';
const masterKeyRequired = 'urn:quorum:problem:master-key-required';

/**
 * The keys to send. Only the master key opens what concerns all consumers; without it, the caller's own keys are tried, since a service
 * without consumers wants no more.
 */
function keysFor(level) {
  return level === 'master' || (level === 'operator' && keys.master) ? { level: 'master', host: keys.master, consumer: '' }
    : { level: 'function', host: keys.function || keys.master, consumer: keys.consumer };
}

/** The level of the key that a refusal asks for; null when it asks for none. A host's own 401 has another type, or no document. */
function lackingKey(status, type, sent) {
  return status === 401 && sent.level === 'master' ? 'master'
    : status === 401 ? (type === consumerKeyRequired || type === unknownConsumerKey ? 'consumer' : 'function')
    : status === 403 && type === masterKeyRequired ? 'master'
    : null;
}

/** Asks for a key once, however many calls are refused together; those that were sent with older keys do not count. */
function ask(lacking, type, sent, level) {
  const current = keysFor(level);
  const isDismissed = lacking === dismissed && level !== 'master'; // calls with the master key are made by a click
  if (sent.host === current.host && sent.consumer === current.consumer && !isDismissed) {
    const wrong = lacking === 'consumer' ? type === unknownConsumerKey : lacking === sent.level && sent.host !== '';
    asked = { level: lacking, wrong };
    tell();
  }
}

/**
 * Calls the API.
 * @param {string} path Below the prefix.
 * @param {{method?: string, body?: object, etag?: string, level?: 'function' | 'operator' | 'master', signal?: AbortSignal}} options
 * @returns {Promise<{status: number, data: any, headers: Headers}>} With status 304 there are no data.
 */
export async function call(path, { method = 'GET', body, etag, level = 'function', signal } = {}) {
  const headers = { Accept: 'application/json' };
  const sent = keysFor(level);
  if (sent.host) {
    headers['x-functions-key'] = sent.host;
  }
  if (sent.consumer) {
    headers['x-quorum-key'] = sent.consumer;
  }
  if (etag) {
    headers['If-None-Match'] = etag;
  }
  if (body) {
    headers['Content-Type'] = 'application/json';
  }

  let response;
  try {
    // no-store: the entity tags are kept here, and a 304 is to be seen.
    response = await fetch(new URL(path, root), { method, headers, body: body && JSON.stringify(body), cache: 'no-store', signal });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new Problem(0, { title: 'No answer', detail: 'The service does not answer. It is tried again.' });
  }

  noteServerTime(response.headers.get('Date'));
  const text = response.status === 304 ? '' : await response.text();
  let data = null;
  try {
    data = text === '' ? null : JSON.parse(text);
  } catch {
    // A host may refuse a key without a document.
    data = response.status === 401 ? {} : null;
  }
  const lacking = lackingKey(response.status, data?.type, sent);
  if (lacking !== null) {
    ask(lacking, data?.type, sent, level);
    throw new Problem(response.status, { title: 'A key is needed', detail: `The call needs ${keyNames[lacking]}.` }, lacking);
  }
  if (data === null && text !== '') {
    throw new Problem(response.status, { title: 'Unexpected answer', detail: `The answer (status ${response.status}) is not JSON.` });
  }
  if (response.status >= 400) {
    throw new Problem(response.status, data ?? { title: `Status ${response.status}` });
  }
  return { status: response.status, data, headers: response.headers };
}

/** The keys that a refusal can ask for, as a reader knows them. */
export const keyNames = { function: 'the function key', consumer: "a consumer's key, or the master key", master: 'the master key' };

/** Takes keys that were asked for; calls are then made again. */
export function giveKeys(given) {
  Object.assign(keys, given);
  asked = null;
  dismissed = null;
  turn++;
  tell();
}

export function forgetKeys() {
  giveKeys({ function: '', master: '', consumer: '' });
}

/** Asks for a key again that was not given when a call lacked it. */
export function askForKey(level) {
  asked = { level, wrong: false };
  dismissed = null;
  tell();
}

export function dismissKey() {
  dismissed = asked?.level ?? dismissed;
  asked = null;
  tell();
}

/** The state of the keys: which is asked for, and a number that changes when one is given. */
export function useKeys() {
  const [, update] = useState(0);
  useEffect(() => {
    const listener = () => update(count => count + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return { asked, turn, keys, held: Object.values(keys).some(key => key !== '') };
}

/**
 * Loads what is at a path, again every so many milliseconds, by its entity tag. A page in the background does not ask.
 * @param {string | null} path null: nothing.
 * @param {{every?: number, again?: string, level?: 'function' | 'operator'}} options again: the path of the later calls, when it is another.
 */
export function useResource(path, { every = 0, again = path, level = 'function' } = {}) {
  const keyTurn = useKeys().turn;
  const [state, setState] = useState({ path });
  const [reloads, setReloads] = useState(0);
  const tag = useRef({ path: null, etag: undefined });

  useEffect(() => {
    if (path === null) {
      return undefined;
    }
    const stop = new AbortController();
    let timer;
    const seen = () => {
      if (!document.hidden) {
        document.removeEventListener('visibilitychange', seen);
        load(again);
      }
    };
    const wait = () => {
      if (every > 0 && !stop.signal.aborted) {
        timer = setTimeout(() => (document.hidden ? document.addEventListener('visibilitychange', seen) : load(again)), every);
      }
    };

    async function load(from) {
      const etag = tag.current.path === path ? tag.current.etag : undefined;
      try {
        const answer = await call(from, { etag, level, signal: stop.signal });
        if (stop.signal.aborted) {
          return;
        }
        if (answer.status === 304) {
          setState(last => ({ ...last, problem: null, checkedAt: now() }));
        } else {
          tag.current = { path, etag: answer.headers.get('ETag') ?? undefined };
          const age = Number(answer.headers.get('Age') ?? 0);
          setState({ path, data: answer.data, status: answer.status, headers: answer.headers, at: now() - age * 1000, checkedAt: now(), problem: null });
        }
      } catch (problem) {
        if (stop.signal.aborted) {
          return;
        }
        if (!(problem instanceof Problem)) {
          throw problem;
        }
        setState(last => (last.path === path ? { ...last, problem } : { path, problem }));
      }
      wait();
    }

    load(tag.current.path === path ? again : path);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [path, again, every, level, reloads, keyTurn]);

  const current = state.path === path ? state : { path };
  return {
    ...current,
    loading: path !== null && current.data === undefined && !current.problem,
    reload: () => setReloads(count => count + 1),
  };
}

/** All pages of a list, up to a number of items. */
export async function loadAll(path, most, signal) {
  const items = [];
  let cursor = null;
  do {
    const separator = path.includes('?') ? '&' : '?';
    const { data } = await call(cursor ? `${path}${separator}cursor=${encodeURIComponent(cursor)}` : path, { signal });
    items.push(...data.items);
    cursor = data.next;
  } while (cursor && items.length < most);
  return { items, more: cursor !== null };
}

/** Redraws every so many milliseconds and gives the time by the server's clock. */
export function useClock(every = 1000) {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return time;
}
