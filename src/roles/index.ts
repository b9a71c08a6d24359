import type { Role } from "../model/role.ts";
import { app } from "./app/app.ts";
import { balancer } from "./balancer/balancer.ts";
import { base } from "./base/base.ts";
import { database } from "./database/database.ts";
import { monitor } from "./monitor/monitor.ts";
import { probe } from "./probe/probe.ts";
import { web } from "./web/web.ts";

/** Every role, `base` first: what it brings to a host is there before the others build on it. */
export const roles: readonly Role[] = [base, balancer, web, app, database, monitor, probe];
