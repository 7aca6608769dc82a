import * as pulumi from "@pulumi/pulumi";
import { isObject, UNKNOWN } from "../model/props";

/** A value from a program, which may have outputs and promises anywhere in it. */
type Given = pulumi.Input<unknown>;

/** Whether it is an output or a promise, so that its value is not known yet. */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Whether a part of it is not known yet. */
export function holdsLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsLater);
}

/** The part that can be checked now. {@link UNKNOWN} replaces values that are not known yet. */
export function knownNow(value: unknown): unknown {
  if (isLater(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(knownNow);
  if (!isObject(value)) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(given.map(([key, inner]) => [key, knownNow(inner)]));
}

/**
 * Merges objects; `over` wins. Values are merged one by one where they are known, so that a secret does not make other
 * values secret.
 */
export function merge(under: Given, over: Given): Given {
  if (over === undefined) return under;
  if (under === undefined) return over;
  if (isLater(under) || isLater(over)) {
    return pulumi.all([under, over]).apply(([known, wins]) => merge(known, wins));
  }
  if (!isObject(under) || !isObject(over)) return over;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(keys.map((key) => [key, merge(under[key], over[key])]));
}
