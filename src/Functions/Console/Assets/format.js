// Numbers and times in the reader's locale. Times are compared by the server's clock.

let offset = 0;

/** Milliseconds since 1970 by the server's clock. */
export const now = () => Date.now() + offset;

/** Takes the server's clock from a Date header, which has whole seconds. */
export function noteServerTime(text) {
  const difference = Date.parse(text) - Date.now();
  if (Number.isFinite(difference) && Math.abs(difference - offset) > 2000) {
    offset = difference;
  }
}

const cache = new Map();

function number(options) {
  const name = JSON.stringify(options);
  if (!cache.has(name)) {
    cache.set(name, new Intl.NumberFormat(undefined, options));
  }
  return cache.get(name);
}

function dateTime(options) {
  const name = 't' + JSON.stringify(options);
  if (!cache.has(name)) {
    cache.set(name, new Intl.DateTimeFormat(undefined, options));
  }
  return cache.get(name);
}

export const nothing = '–';

const known = value => value !== null && value !== undefined && Number.isFinite(Number(value));

/** The number of decimals that shows all of the values, from 2 to 6. */
export function decimalsOf(values) {
  const decimals = values.filter(known).map(value => (String(value).split('.')[1] ?? '').length);
  return Math.min(6, Math.max(2, ...decimals));
}

export function price(value, decimals = decimalsOf([value])) {
  return known(value) ? number({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value) : nothing;
}

export function signed(value, decimals) {
  return known(value)
    ? number({ minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'exceptZero' }).format(value)
    : nothing;
}

/** Of a value in percent units. */
export function percent(value, decimals = 2) {
  return known(value)
    ? number({ style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'exceptZero' }).format(value / 100)
    : nothing;
}

/** Of a value from 0 to 1. */
export const share = value => (known(value) ? number({ style: 'percent', maximumFractionDigits: 0 }).format(value) : nothing);

export const basisPoints = value => (known(value)
  ? `${number({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(value)} bp`
  : nothing);

export const whole = value => (known(value) ? number({ maximumFractionDigits: 0 }).format(value) : nothing);

/** Of a value in milliseconds. */
export function milliseconds(value) {
  if (!known(value)) {
    return nothing;
  }
  const decimals = value !== 0 && Math.abs(value) < 10 ? 1 : 0;
  return `${number({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value)} ms`;
}

const steps = [['second', 1, 90], ['minute', 60, 90], ['hour', 3600, 36], ['day', 86400, Infinity]];

/** Of a time span in seconds, in one unit. */
export function span(seconds) {
  if (!known(seconds)) {
    return nothing;
  }
  const [unit, length] = steps.find(([, size, most]) => Math.abs(seconds) / size < most);
  return number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(Math.trunc(seconds / length));
}

/** A time as so long ago, or so long from now. */
export function ago(time, at = now()) {
  if (!time) {
    return nothing;
  }
  const seconds = (at - Date.parse(time)) / 1000;
  return seconds >= 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

export const timeOfDay = time => (time
  ? dateTime({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time)) : nothing);

export const minuteOfDay = time => dateTime({ hour: '2-digit', minute: '2-digit' }).format(new Date(time));

export const moment = time => (time
  ? dateTime({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time))
  : nothing);

export const day = date => (date
  ? new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(date))
  : nothing);

/** An identifier such as possible-split in plain words. */
export const words = text => (text ?? '').replaceAll('-', ' ');
