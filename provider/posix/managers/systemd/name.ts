/** The characters of a unit name (systemd.unit(5)), except the backslash. */
const NAME = /^[A-Za-z0-9:_.@-]+$/;

const SUFFIX = ".service";
const OTHER_UNIT = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** The error in a service's name, which has no ".service", if any. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!NAME.test(name)) return `may contain only letters, digits and : _ . @ -, not "${name}"`;
  if (name.length + SUFFIX.length > 255) return "must have at most 247 characters";
  if (/^[.@-]/.test(name)) return 'must not begin with ".", "@" or "-"';
  if (name.endsWith("@")) return "must not be the name of a template";
  const other = OTHER_UNIT.exec(name)?.[0];
  if (other === SUFFIX) return `must be given without "${SUFFIX}"`;
  if (other !== undefined)
    return `must be a service, not a "${other}": such units go to options.systemd.unit (Wants, After)`;
  return undefined;
}

/** The paths of a service. */
export const ETC = "/etc/systemd/system";
export const unitName = (name: string) => `${name}${SUFFIX}`;
export const unitPath = (name: string) => `${ETC}/${unitName(name)}`;
