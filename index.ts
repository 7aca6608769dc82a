export * from "./resources/connection";
export * from "./resources/provider";
export * from "./resources/service";
