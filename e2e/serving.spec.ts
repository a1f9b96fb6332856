import { expect, test } from '@playwright/test';

for (const path of ['', 'some/sub/path/']) {
  test.describe(`served from /${path}`, () => {
    test('loads under the content-security policy, without an error or a failed request', async ({
      page,
    }) => {
      const problems: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
      page.on('response', (response) => {
        if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
      });

      const response = await page.goto(path);
      await expect(page).toHaveTitle(/Pawsaur/);
      await expect(page.locator('#root > *').first()).toBeAttached();

      const policy = response?.headers()['content-security-policy'] ?? '';
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toContain("'unsafe-eval'");
      expect(problems).toEqual([]);
    });

    test('sends the policy with every script, workers included', async ({ page }) => {
      const without: string[] = [];
      let scripts = 0;
      page.on('response', (response) => {
        if (!/\.m?js(\?|$)/.test(response.url())) return;
        scripts += 1;
        if (!response.headers()['content-security-policy']) without.push(response.url());
      });
      await page.goto(path, { waitUntil: 'networkidle' });
      expect(scripts).toBeGreaterThan(0);
      expect(without).toEqual([]);
    });

    test('forbids code made from text', async ({ page }) => {
      await page.goto(path);
      // Playwright's own evaluate is exempt from the policy; a script element is not.
      const outcome = await page.evaluate(async () => {
        const violation = new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective));
        });
        const script = document.createElement('script');
        script.textContent = 'window.ranInline = true';
        document.head.append(script);
        return { directive: await violation, ran: 'ranInline' in window };
      });
      expect(outcome).toEqual({ directive: 'script-src-elem', ran: false });
    });
  });
}

test('WebGPU offers an adapter', async ({ page }) => {
  await page.goto('');
  const adapter = await page.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter();
    return found ? { vendor: found.info.vendor, storage: found.limits.maxStorageBufferBindingSize } : null;
  });
  expect(adapter).not.toBeNull();
  expect(adapter?.storage).toBeGreaterThanOrEqual(128 * 1024 * 1024);
});
