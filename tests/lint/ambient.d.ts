// What tsc cannot find in the tree: scripts that the build makes, packages of `make bench`, and what pages and tests pass
// each other through `window`.
declare module '*/attributes.js';
declare module '*/element.js';
declare module '*/strings.js' { export const languages: any; export const texts: Record<string, Record<string, string>>; }
declare module '*/site_strings.js' { export const languages: any; export const texts: Record<string, Record<string, string>>; }
declare module 'inline:files' { const files: Record<string, string>; export default files; }
declare module 'onnxruntime-web/wasm';
declare module '@tensorflow/tfjs-core';
declare module '@tensorflow/tfjs-backend-wasm';
declare var VERSION: string;

interface Window {
  lab: any;
  measure: (measurement: any) => Promise<any>;
  first: number;
  drawn: () => void;
  z: number[];
}
