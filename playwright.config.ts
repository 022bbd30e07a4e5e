// The tests that need a browser: `npx playwright test`, after the page was built into build/web, what people take away
// into build/dist and pages of others with it inside into build/hosts. CHROMIUM, DIGIT_VAE_SITE and
// DIGIT_VAE_PORT name another browser, page or first of three ports.
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromiumPath } from './tests/web/browser.mjs';

const site = process.env.DIGIT_VAE_SITE ?? 'build/web';
const port = Number(process.env.DIGIT_VAE_PORT ?? 8417);

export default defineConfig({
  testDir: 'tests/web',
  testMatch: '*.spec.ts',
  outputDir: 'build/playwright',
  snapshotPathTemplate: 'tests/golden/{arg}{ext}',
  reporter: 'list',
  fullyParallel: true,
  workers: 2,
  // Generous waits, since none is what is tested: beside a compiler everything takes its time.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1024, height: 768 },
    launchOptions: {
      executablePath: chromiumPath,
      env: { ...process.env, FONTCONFIG_FILE: resolve('tests/web/fonts.conf') } as Record<string, string>,
      // WebGL by software, whatever the machine; nothing is asked of the internet.
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
        '--disable-domain-reliability', '--no-pings', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
    },
  },
  webServer: [site, 'build/dist/site', 'build/hosts'].map((folder, i) => ({
    command: `python3 .ci/serve.py '${folder}' ${port + i}`,
    url: `http://localhost:${port + i}/`,
    reuseExistingServer: false,
  })),
});
