import { existsSync } from "node:fs";
import { proxyEnvironment } from "./apt";

/** nspawn options that give a build the computer's network access: its configuration, certificates and variables. */
export async function network(): Promise<string[]> {
  const options = ["--resolv-conf=replace-host"];
  const lend = (file: string | undefined) => {
    if (file && existsSync(file)) options.push(`--bind-ro=${file}`);
  };
  lend("/etc/pip.conf");
  lend("/etc/ssl/certs/ca-certificates.crt");
  const environment = { ...(await proxyEnvironment()), ...process.env }; // variables override apt's configuration
  for (const [name, value] of Object.entries(environment)) {
    if (value && /^(PIP_.*|https?_proxy|no_proxy)$/i.test(name)) options.push(`--setenv=${name}=${value}`);
  }
  for (const name of ["PIP_CERT", "PIP_CONFIG_FILE", "PIP_FIND_LINKS"]) {
    if (process.env[name] !== "/etc/ssl/certs/ca-certificates.crt") lend(process.env[name]);
  }
  return [...new Set(options)];
}
