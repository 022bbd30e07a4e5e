// make lint: what ESLint recommends, and a few rules more.
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['build/', '**/*.ts'] },  // TypeScript has tsc
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node, VERSION: 'readonly' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-prototype-builtins': 'off',  // Object.hasOwn is newer than some browsers of ours
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {  // parts of Emscripten's own scripts
    files: ['web/host/*.js'],
    languageOptions: { sourceType: 'script', globals: Object.fromEntries(
      ['GLFW', 'GLctx', 'HEAP32', 'HEAPF32', 'LibraryManager', 'Module', 'mergeInto'].map((name) => [name, 'readonly'])) },
    rules: { 'no-var': 'off' },
  },
];
