import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('build/hosts', { recursive: true }); writeFileSync('build/hosts/index.html', '');
