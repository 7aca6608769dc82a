import * as z from "zod";
import { isAbsolutePath } from "../model/hostPath";

const hasControl = (text: string) => /[\u0000-\u001f\u007f]/.test(text);

/** One non-empty line of text without control characters. */
export const line = z
  .string()
  .min(1, "must not be empty")
  .refine((text) => !hasControl(text), "must be one line without control characters");

/** A machine name, DNS name or address: the part of an id before the `/`. */
export const hostName = z
  .string()
  .regex(
    /^(?![.-])[A-Za-z0-9_.:%-]+$|^\[[A-Fa-f0-9:.]+(%[A-Za-z0-9_.-]+)?\]$/,
    "must be a host name or an address, such as edi1, 10.0.0.5 or ::1",
  )
  .max(253);

/**
 * A user or group on any platform: local, of a directory service (`svc@corp.example.com`, `DOM\user`), or a numeric id. Each
 * manager checks the names of its platform.
 */
export const account = line.refine(
  (text) => !/[:/]|^\s|\s$|^\.+$/.test(text),
  "must be a user or group name, or a numeric id",
);

/** A path on a host of any platform. */
export const absolutePath = line.refine(isAbsolutePath, "must be an absolute path");

/** A TCP port. */
export const port = z
  .number()
  .int("must be a whole number")
  .min(1, "must be 1 to 65535")
  .max(65535, "must be 1 to 65535");

/** A duration in seconds, zero allowed. */
export const seconds = z
  .number()
  .min(0, "must not be negative")
  .max(86400 * 365, "must be at most a year");

/** A secret text: the package schema marks it as `secret`. */
export const secretText = z.string().min(1, "must not be empty").meta({ secret: true });

/** Text that is passed to a program or a file unchanged. It can't contain NUL. */
export const text = z.string().refine((value) => !value.includes("\0"), "must not contain a NUL character");

/** A program and its arguments. */
export const argv = z.array(text).min(1, "must name the program");
