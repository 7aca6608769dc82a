/** A piece of shell in TypeScript: taken as it stands, only that `\${` is the shell's `${`. */
export const sh = (strings: TemplateStringsArray, ...values: unknown[]): string =>
  String.raw(strings, ...values).replaceAll("\\${", "${");
