import { expect, test } from "vitest";
import { debianMirrors } from "./apt.ts";

test("finds the mirrors of a deb822 file and passes over sources that are not Debian's", () => {
  const text = [
    "Types: deb",
    "# a comment inside",
    "URIs: http://mirror.example/debian",
    "Suites: bookworm bookworm-updates",
    "Components: main",
    "",
    "Types: deb deb-src",
    "URIs: http://security.example/debian-security/",
    "Suites:",
    "  bookworm-security",
    "Components: main contrib",
  ].join("\n");
  const other = "deb https://other.example/node_20.x nodistro main\ndeb-src http://source.example/debian trixie main\n";
  const files = [
    { path: "/etc/apt/sources.list.d/a.list", text: other },
    { path: "/etc/apt/sources.list.d/debian.sources", text },
  ];
  expect(debianMirrors(files)).toEqual({
    main: "http://mirror.example/debian",
    security: "http://security.example/debian-security/",
  });
});

test("finds the mirrors of a sources.list with options, and none on a machine of another family", () => {
  const text =
    "# deb http://old.example/debian sid main\n" +
    "deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://mirror.example/debian trixie main contrib # ours\n" +
    "deb https://mirror.example/debian-security trixie-security main\n";
  expect(debianMirrors([{ path: "/etc/apt/sources.list", text }])).toEqual({
    main: "https://mirror.example/debian",
    security: "https://mirror.example/debian-security",
  });
  const ubuntu = "deb http://archive.example/ubuntu noble main universe\n";
  expect(debianMirrors([{ path: "/etc/apt/sources.list", text: ubuntu }])).toEqual({
    main: undefined,
    security: undefined,
  });
});
