import { spawn, type ChildProcess } from "node:child_process";
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { GetRequiredPackagesResponse, RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/**
 * Runs programs for the engine as the language hosts of Go and Python do, which can't be had as packages: `pulumi --client ADDRESS`.
 * A program gets what it needs to know in the variables that Go's host sets.
 */
export class LanguageHost {
  readonly #server = new Server();
  readonly #programs = new Set<ChildProcess>();

  private constructor(
    private readonly command: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The address, too. */
  static async start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<[LanguageHost, string]> {
    const host = new LanguageHost(command, env);
    host.#server.addService(LanguageRuntimeService, {
      getRequiredPackages: (_: unknown, done: sendUnaryData<GetRequiredPackagesResponse>) =>
        done(null, new GetRequiredPackagesResponse()),
      getPluginInfo: (_: unknown, done: sendUnaryData<PluginInfo>) => done(null, new PluginInfo()),
      run: (call: ServerUnaryCall<RunRequest, RunResponse>, done: sendUnaryData<RunResponse>) =>
        void host.#run(call.request).then((error) => done(null, new RunResponse().setError(error))),
    });
    const port = await new Promise<number>((resolve, reject) => {
      host.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return [host, `127.0.0.1:${port}`];
  }

  /** What the program said if it failed. */
  #run(request: RunRequest): Promise<string> {
    const env = {
      ...process.env,
      ...this.env,
      PULUMI_PROJECT: request.getProject(),
      PULUMI_STACK: request.getStack(),
      PULUMI_ORGANIZATION: request.getOrganization(),
      PULUMI_DRY_RUN: String(request.getDryrun()),
      PULUMI_PARALLEL: String(request.getParallel()),
      PULUMI_MONITOR: request.getMonitorAddress(),
      PULUMI_ENGINE: request.getArgsList()[0] ?? "",
    };
    const [file, ...args] = this.command as [string, ...string[]];
    const program = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#programs.add(program);
    let said = "";
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    return new Promise((resolve) => {
      program.once("error", (error) => resolve(error.message));
      program.once("close", (code) => resolve(code === 0 ? "" : `${said}\nended with ${code}`));
    });
  }

  /** Ends the programs, too: one whose engine has gone waits for it. */
  stop(): void {
    this.#server.forceShutdown();
    for (const program of this.#programs) program.kill("SIGKILL");
  }
}
