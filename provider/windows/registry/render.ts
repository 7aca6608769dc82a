import type { RegistryValue } from "./values";

export const sz = (data: string | undefined): RegistryValue | undefined =>
  data === undefined ? undefined : { type: "sz", data };

export const dword = (data: number | boolean | undefined): RegistryValue | undefined =>
  data === undefined ? undefined : { type: "dword", data: Number(data) };

export const milliseconds = (seconds: number | undefined): RegistryValue | undefined =>
  seconds === undefined ? undefined : dword(Math.round(seconds * 1000));
