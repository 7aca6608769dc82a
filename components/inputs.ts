import * as pulumi from "@pulumi/pulumi";
import { isObject, UNKNOWN } from "../model/props";

/** A value as a program gives it: with outputs and promises anywhere in it. */
type Given = pulumi.Input<unknown>;

/** Is it an output or a promise, so that its value can't be told yet? */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Is anything in it known later only? */
export function holdsLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsLater);
}

/** What can be checked at once: in the place of what is known later stands {@link UNKNOWN}. */
export function knownNow(value: unknown): unknown {
  if (isLater(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(knownNow);
  if (!isObject(value)) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(given.map(([key, inner]) => [key, knownNow(inner)]));
}

/**
 * `over` wins; objects are merged. Value by value wherever that can be told now, so that a secret among the values makes
 * no secret of the others.
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
