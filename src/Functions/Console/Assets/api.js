// Calls of the API. The keys stay in this module's memory: they are neither stored nor put into an address.
import { useEffect, useRef, useState } from './vendor/hooks.js';
import { noteServerTime, now } from './format.js';

// This file is <prefix>/console/<version>/api.js.
const root = new URL('../../', import.meta.url);
const keys = { function: '', master: '' };
const listeners = new Set();

/** The key that a call lacked; null when none is asked for. */
let asked = null;
let turn = 0;

function tell() {
  for (const listener of listeners) {
    listener();
  }
}

/** An answer that is no success, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? document.title ?? `Status ${status}`);
    this.status = status;
    this.document = document;
  }
}

/** The address of a path below the API's prefix. */
export const address = path => new URL(path, root).href;

/**
 * Calls the API.
 * @param {string} path Below the prefix.
 * @param {{method?: string, body?: object, etag?: string, level?: 'function' | 'master', signal?: AbortSignal}} options
 * @returns {Promise<{status: number, data: any, headers: Headers}>} With status 304 there are no data.
 */
export async function call(path, { method = 'GET', body, etag, level = 'function', signal } = {}) {
  const headers = { Accept: 'application/json' };
  const key = level === 'master' ? keys.master : keys.function || keys.master;
  if (key) {
    headers['x-functions-key'] = key;
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
  if (response.status === 401) {
    // Asked for once, however many calls are refused together; those that were sent with an older key do not count.
    if (key === (level === 'master' ? keys.master : keys.function || keys.master)) {
      asked = { level, wrong: key !== '' };
      tell();
    }
    throw new Problem(401, { title: 'A key is needed', detail: `The call needs a ${level} key.` });
  }

  const text = response.status === 304 ? '' : await response.text();
  let data = null;
  try {
    data = text === '' ? null : JSON.parse(text);
  } catch {
    throw new Problem(response.status, { title: 'Unexpected answer', detail: `The answer (status ${response.status}) is not JSON.` });
  }
  if (response.status >= 400) {
    throw new Problem(response.status, data ?? { title: `Status ${response.status}` });
  }
  return { status: response.status, data, headers: response.headers };
}

/** Takes a key that was asked for; calls are then made again. */
export function giveKey(level, key) {
  keys[level] = key;
  asked = null;
  turn++;
  tell();
}

export function forgetKeys() {
  keys.function = '';
  keys.master = '';
  turn++;
  tell();
}

export function dismissKey() {
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
  return { asked, turn, held: keys.function !== '' || keys.master !== '' };
}

/**
 * Loads what is at a path, again every so many milliseconds, by its entity tag. A page in the background does not ask.
 * @param {string | null} path null: nothing.
 * @param {{every?: number, again?: string}} options again: the path of the later calls, when it is another.
 */
export function useResource(path, { every = 0, again = path } = {}) {
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
        const answer = await call(from, { etag, signal: stop.signal });
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
  }, [path, again, every, reloads, keyTurn]);

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
