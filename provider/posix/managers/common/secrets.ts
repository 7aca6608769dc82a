/** Where secret variables of a service lie, whatever its manager; the syntax is the manager's. */
export const SECRETS_FOLDER = "/etc/pulumi-bots";
export const environmentPath = (name: string) => `${SECRETS_FOLDER}/${name}.env`;
