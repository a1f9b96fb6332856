/** The control of one field, as its specification asks: a switch, a choice, or a number written as people write it. */

import { Switch } from '@mantine/core';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { acceptedValues, type FieldSpec, type FieldValue } from '../../recipe';
import styles from './setup.module.css';

interface Props {
  id: string;
  spec: FieldSpec;
  value: FieldValue;
  locked: boolean;
  invalid: boolean;
  describedBy: string;
  onChange(value: FieldValue): void;
}

export function FieldControl({ id, spec, value, locked, invalid, describedBy, onChange }: Props) {
  if (spec.kind === 'boolean') {
    return (
      <Switch
        id={id}
        checked={value === true}
        disabled={locked}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (spec.kind === 'choice') {
    const choose = (text: string) => {
      const option = spec.options.find((candidate) => String(candidate) === text);
      if (option !== undefined) onChange(option);
    };
    return (
      <select
        id={id}
        className={styles.choice}
        value={String(value)}
        disabled={locked}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {spec.options.map((option) => (
          <option key={option} value={String(option)}>
            {spec.optionLabels?.[String(option)] ?? String(option)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <NumberControl
      id={id}
      spec={spec}
      value={Number(value)}
      locked={locked}
      invalid={invalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  );
}

type NumberSpec = Extract<FieldSpec, { kind: 'number' | 'integer' }>;

/** Reads '0.02', '1e-5', '0,02' and '1 600'; null for anything else. */
export function readNumber(text: string): number | null {
  const plain = text.replace(/[\s_]/g, '').replace(',', '.');
  if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** The value one step up (1) or down (−1), kept in range; logarithmic fields double or halve, or go by tenths of their size. */
export function stepNumber(spec: NumberSpec, value: number, direction: 1 | -1): number {
  const next = spec.log ? stepLogarithm(spec, value, direction) : value + direction * spec.step;
  const inside = Math.min(spec.max, Math.max(spec.min, next));
  return spec.kind === 'integer' ? Math.round(inside) : Number(inside.toPrecision(6));
}

function stepLogarithm(spec: NumberSpec, value: number, direction: 1 | -1): number {
  if (spec.kind === 'integer') return direction > 0 ? Math.max(value * 2, 1) : value / 2;
  if (value <= 0) return direction > 0 ? spec.step : value;
  // 0.02 → 0.03 → … → 0.1 → 0.2, and back the same way.
  const decade = 10 ** Math.floor(Math.log10(value * (direction > 0 ? 1.000001 : 0.999999)));
  return value + direction * decade;
}

interface NumberProps extends Omit<Props, 'spec' | 'value'> {
  spec: NumberSpec;
  value: number;
}

function NumberControl({ id, spec, value, locked, invalid, describedBy, onChange }: NumberProps) {
  const [text, setText] = useState(String(value));
  const [unread, setUnread] = useState(false);
  const unreadId = `${id}-unread`;
  useEffect(() => {
    setText(String(value));
    setUnread(false);
  }, [value]);
  const commit = () => {
    const read = readNumber(text);
    setUnread(read === null);
    if (read !== null && read !== value) onChange(read);
    else if (read !== null) setText(String(value));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') commit();
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    onChange(stepNumber(spec, readNumber(text) ?? value, event.key === 'ArrowUp' ? 1 : -1));
  };
  return (
    <span className={styles.numberBox}>
      <input
        id={id}
        className={styles.number}
        inputMode={spec.kind === 'integer' ? 'numeric' : 'decimal'}
        autoComplete="off"
        value={text}
        disabled={locked}
        aria-describedby={unread ? `${describedBy} ${unreadId}` : describedBy}
        aria-invalid={invalid || unread}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={press}
      />
      {unread && (
        <span id={unreadId} className={styles.unread} role="alert">
          must be {acceptedValues(spec)}
        </span>
      )}
    </span>
  );
}
