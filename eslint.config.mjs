import js from "@eslint/js";
import importX from "eslint-plugin-import-x";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

// The rooms of ARCHITECTURE.md, and what each may import. Leaves import leaves only.
const leaves = ["model", "schema", "bots"];
const platform = ["provider/platform.ts", "provider/readiness.ts", "provider/rules.ts"];
const rooms = {
  stacks: ["components", "resources", ...leaves],
  cli: ["provider/lifecycle", "provider/managers.ts", "stacks/configuration.ts", ...leaves],
  components: ["resources", ...leaves],
  resources: leaves,
  "provider/construct.ts": ["provider/lifecycle", "components", "resources", ...leaves],
  "provider/wire": ["provider/lifecycle", ...leaves],
  "provider/lifecycle": [
    "provider/platform.ts",
    "provider/rules.ts",
    "provider/transports/connectionIssues.ts",
    ...leaves,
  ],
  "provider/hosts.ts": ["provider/platform.ts", "provider/posix", "provider/windows", "provider/transports", ...leaves],
  "provider/managers.ts": ["provider/posix", "provider/windows", "provider/rules.ts", ...leaves],
  "provider/posix": [...platform, "provider/transports", ...leaves],
  "provider/windows": [...platform, "provider/transports", ...leaves],
  "provider/readiness.ts": ["provider/platform.ts", ...leaves],
  "provider/platform.ts": leaves,
  "provider/rules.ts": leaves,
  "provider/transports": leaves,
  schema: ["model"],
  // The types of what is on a host are those of the schemas.
  model: ["schema"],
  bots: ["model"],
};
const all = [...Object.keys(rooms), "provider/main.ts", "provider/plugin.ts", "lab", "test", "bench", "tools"];
const zones = Object.entries(rooms).flatMap(([room, allowed]) =>
  all
    .filter((other) => other !== room && !allowed.includes(other))
    .map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      except: allowed.filter((file) => file.startsWith(`${other}/`)).map((file) => `.${file.slice(other.length)}`),
      message: `${room} may import ${allowed.join(", ") || "nothing"} only (ARCHITECTURE.md)`,
    })),
);

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "provider/pulumi-resource-bots*"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".js"] } } },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-control-regex": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-empty-object-type": "off",
      // Loaded late.
      "@typescript-eslint/no-require-imports": ["error", { allow: ["^ssh2$", "^\\./plugin\\.js$"] }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // An expression that backtracks freezes the plugin with all its hosts, and no time limit works then.
    files: Object.keys(rooms).map((room) => (room.endsWith(".ts") ? room : `${room}/**/*.ts`)),
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential", ignorePartial: false }],
      "regexp/no-misleading-capturing-group": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='RegExp'], CallExpression[callee.name='RegExp']",
          message:
            "Text made an expression can freeze the plugin, and no rule sees it: matchesGlob, or plain comparison.",
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        module: "writable",
        require: "readonly",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
      },
    },
  },
);
