/** The file with a service's secret variables, under every manager. Its syntax depends on the manager. */
export const SECRETS_FOLDER = "/etc/pulumi-bots";
export const environmentPath = (name: string) => `${SECRETS_FOLDER}/${name}.env`;
