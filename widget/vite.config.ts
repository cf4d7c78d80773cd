import { minify } from "terser";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What is built: `widget.js` for the script tag, `widget.mjs` for bundlers, `page.js` for the hosted page in an iframe. */
const FILES = {
  widget: { entry: "src/main.ts", format: "iife", file: "widget.js" },
  module: { entry: "src/module.ts", format: "es", file: "widget.mjs" },
  page: { entry: "src/hosted.ts", format: "iife", file: "page.js" },
} as const;

/** Vite's own minifier leaves two per cent that terser finds. */
const packedTwice: Plugin = {
  name: "packed-twice",
  async generateBundle({ format }, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      const packed = await minify(chunk.code, { ecma: 2020, module: format === "es", compress: { passes: 3 } });
      chunk.code = packed.code ?? chunk.code;
    }
  },
};

export default defineConfig(({ mode }) => {
  const { entry, format, file } = FILES[mode as keyof typeof FILES] ?? FILES.widget;
  return {
    publicDir: false,
    plugins: [packedTwice],
    build: {
      lib: { entry, name: "BaclofenChat", formats: [format], fileName: () => file },
      outDir: process.env.WIDGET_OUT ?? "../bot/channels/web/static",
      emptyOutDir: false,
      target: "es2022",
      cssTarget: ["chrome123", "firefox120", "safari17.5"],
    },
    test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
  };
});
