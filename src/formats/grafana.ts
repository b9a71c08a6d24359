/** A query of a panel: PromQL, and what a line is called (Grafana's legendFormat). */
export interface GrafanaQuery {
  readonly expr: string;
  readonly legend: string;
}

export interface GrafanaPanel {
  readonly title: string;
  /** One of Grafana's units: "s", "reqps", "percentunit", "bytes", "Bps", "short". */
  readonly unit: string;
  readonly queries: readonly GrafanaQuery[];
  /** "timeseries" if it is left out. "stat": the newest value. */
  readonly type?: "timeseries" | "stat";
  readonly description?: string;
  /** Of 24 columns; 12 if it is left out. */
  readonly width?: number;
  readonly min?: number;
  readonly max?: number;
}

export interface GrafanaDashboard {
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly GrafanaPanel[] }[];
  /** Variables that the reader chooses: name, and the query that lists its values. */
  readonly variables: readonly { readonly name: string; readonly query: string }[];
}

const source = { type: "prometheus", uid: "${datasource}" };
const height = 8;

/** Dashboard JSON of Grafana 10 and later (schemaVersion 39), to be imported; asks which Prometheus to use. */
export function grafanaJson(dashboard: GrafanaDashboard): string {
  return `${JSON.stringify(
    {
      ...{ uid: dashboard.uid, title: dashboard.title, tags: ["rampart"], timezone: "browser", editable: true },
      ...{ schemaVersion: 39, version: 1, refresh: "10s", graphTooltip: 1 },
      time: { from: "now-1h", to: "now" },
      annotations: { list: [alerts] },
      templating: { list: [datasource, ...dashboard.variables.map(variable)] },
      links: [],
      panels: panelsOf(dashboard),
    },
    undefined,
    2,
  )}\n`;
}

const datasource = {
  ...{ name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus", hide: 0, multi: false },
  ...{ includeAll: false, current: {}, options: [], refresh: 1, regex: "", skipUrlSync: false },
};

/** Alerts that fire are marks on every chart. */
const alerts = {
  ...{ name: "Alerts", enable: true, hide: false, iconColor: "red", datasource: source },
  ...{
    expr: 'ALERTS{alertstate="firing"}',
    titleFormat: "{{alertname}}",
    textFormat: "{{host}} {{severity}}",
    step: "30s",
  },
};

function variable({ name, query }: { readonly name: string; readonly query: string }) {
  return {
    ...{ name, type: "query", label: name, datasource: source, definition: query, query: { query, refId: name } },
    ...{ hide: 0, multi: true, includeAll: true, allValue: ".*", current: {}, options: [], refresh: 2, regex: "" },
    ...{ sort: 1, skipUrlSync: false },
  };
}

function panelsOf({ rows }: GrafanaDashboard): readonly unknown[] {
  const panels: unknown[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      ...{ id: panels.length + 1, type: "row", title: row.title, collapsed: false, panels: [] },
      gridPos: { h: 1, w: 24, x: 0, y },
    });
    y += 1;
    let x = 0;
    for (const panel of row.panels) {
      const w = panel.width ?? 12;
      if (x + w > 24) [x, y] = [0, y + height];
      panels.push({ id: panels.length + 1, gridPos: { h: height, w, x, y }, ...panelBody(panel) });
      x += w;
    }
    y += height;
  }
  return panels;
}

function panelBody({ title, unit, queries, type = "timeseries", description, min, max }: GrafanaPanel) {
  const targets = queries.map(({ expr, legend }, index) => ({
    ...{ refId: String.fromCharCode(65 + index), datasource: source, expr, legendFormat: legend },
    ...(type === "stat" ? { instant: true, range: false } : { range: true }),
    editorMode: "code",
  }));
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const drawn = { lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false };
  return {
    ...{ type, title, ...(description === undefined ? {} : { description }), datasource: source, targets },
    fieldConfig: { defaults: { unit, ...bounds, ...(type === "stat" ? {} : { custom: drawn }) }, overrides: [] },
    options:
      type === "stat"
        ? {
            reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
            colorMode: "value",
            graphMode: "area",
          }
        : {
            legend: { displayMode: "list", placement: "bottom", showLegend: true },
            tooltip: { mode: "multi", sort: "desc" },
          },
  };
}
