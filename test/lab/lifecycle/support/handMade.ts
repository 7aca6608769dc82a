import { until } from "../../../engine/support/run";
import type { Column } from "./column";
import { PROGRAM, programOf } from "./probe";
import type { Service } from "./world";

/** Puts it there and waits for its program: what starts it in the background ends before that has begun. */
export async function install(
  { world, name, probe }: Service,
  handMade: NonNullable<Column["handMade"]>,
): Promise<void> {
  const { files, start } = handMade(name);
  await world.shell(`ln -s ${PROGRAM} ${programOf(name)}`);
  for (const [path, content] of Object.entries(files)) await world.shell(`cat >${path} && chmod 755 ${path}`, content);
  await world.shell(start);
  await until(async () => (await probe.starts()) > 0, `the program of ${name} begins`);
}

/** The files that were made by hand, with owner, mode, time and content. */
export function textOf(service: Service, handMade: NonNullable<Column["handMade"]>): Promise<string> {
  const files = Object.keys(handMade(service.name).files).join(" ");
  return service.world.shell(`stat -c '%n %U %a %Y' ${files} && cat ${files}`);
}
