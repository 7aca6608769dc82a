import { SUPERUSER } from "../../provider/posix/host/become";
import { targetOf as target } from "../../provider/transports/target";

/** The target of a connection to a POSIX host. */
export const targetOf = (connection: Parameters<typeof target>[0]) => target(connection, SUPERUSER);
