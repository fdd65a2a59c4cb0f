/// How a report looks.
enum HTMLReportStyle {
    /// The style sheet of every report.
    ///
    /// Lengths follow the reader's text size (rem). Colours are named once and swapped for dark screens; paper is
    /// always light.
    static let sheet = """
        :root {
          color-scheme: light dark;
          --page: #fbfbfc; --card: #ffffff; --text: #1c2128; --quiet: #5b6470; --line: #dfe3e8; --link: #1f5fbf;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #111418; --card: #181c22; --text: #e6e8eb; --quiet: #9aa4b1; --line: #2c323b; --link: #7fb0ff;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0 auto; max-width: 76rem; padding: 3rem clamp(1rem, 4vw, 3rem) 4rem;
          background: var(--page); color: var(--text);
          font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          overflow-wrap: break-word;
        }
        h1, h2, h3 { line-height: 1.2; margin: 0; text-wrap: balance; }
        h1 { font-size: 2rem; font-weight: 680; letter-spacing: -0.02em; }
        h2 { font-size: 1.375rem; font-weight: 640; letter-spacing: -0.01em; }
        h3 { font-size: 1rem; font-weight: 600; margin-top: 1.75rem; }
        p { margin: 0.75rem 0 0; max-width: 68ch; }
        a { color: var(--link); text-underline-offset: 0.15em; }
        .introduction { font-size: 1.0625rem; color: var(--quiet); }
        nav ol {
          display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem;
          margin: 1.25rem 0 0; padding: 0; list-style: none;
        }
        section, footer { margin-top: 2.5rem; padding-top: 2rem; border-top: 1px solid var(--line); }
        section { scroll-margin-top: 1rem; }
        .gallery { display: grid; gap: 1.25rem; margin-top: 1rem; align-items: start; }
        .gallery.large { grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); }
        .gallery.large figure { max-width: 34rem; }
        .gallery.small { grid-template-columns: repeat(auto-fill, minmax(min(45%, 10.25rem), 1fr)); }
        .gallery.plots { grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
        .gallery.plots figure { max-width: 44rem; }
        figure { margin: 0; min-width: 0; }
        img { display: block; width: 100%; height: auto; border-radius: 0.375rem; outline: 1px solid var(--line); }
        img.pixels { image-rendering: pixelated; }
        .plot {
          padding: 0.75rem; overflow-x: auto; background: var(--card);
          border: 1px solid var(--line); border-radius: 0.5rem;
        }
        .plot svg { display: block; width: 100%; min-width: 27rem; height: auto; }
        figcaption, caption { color: var(--quiet); font-size: 0.875rem; line-height: 1.4; }
        figcaption { margin-top: 0.5rem; }
        .table { margin-top: 1.5rem; overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
        caption { caption-side: top; text-align: left; padding-bottom: 0.5rem; }
        th, td { padding: 0.4rem 1.25rem 0.4rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
        th { color: var(--quiet); font-size: 0.8125rem; font-weight: 600; vertical-align: bottom; }
        th:last-child, td:last-child { padding-right: 0; }
        .text { text-align: left; min-width: 6rem; }
        .number { text-align: right; white-space: nowrap; }
        footer { color: var(--quiet); font-size: 0.875rem; }
        footer h2 { font-size: 0.875rem; letter-spacing: 0; color: var(--text); }
        dl {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr));
          gap: 0.75rem 1.5rem; margin: 0.75rem 0 0;
        }
        dd { margin: 0; color: var(--text); font-variant-numeric: tabular-nums; }
        @media print {
          :root {
            color-scheme: light; font-size: 10pt;
            --page: #ffffff; --card: #ffffff; --text: #000000; --quiet: #444444; --line: #bbbbbb; --link: #000000;
          }
          @page { margin: 15mm; }
          body { max-width: none; padding: 0; }
          nav { display: none; }
          figure, .gallery.large, tr, dl { break-inside: avoid; }
          h2, h3, section > p, caption { break-after: avoid; }
          .gallery.large { grid-template-columns: repeat(3, 1fr); }
          .gallery.small { grid-template-columns: repeat(6, 1fr); gap: 0.75rem; }
          .gallery.plots { grid-template-columns: repeat(2, 1fr); }
          section, footer { margin-top: 1.5rem; padding-top: 1rem; }
          .plot, .table { overflow: visible; }
          .plot svg { min-width: 0; }
          img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        """
}
