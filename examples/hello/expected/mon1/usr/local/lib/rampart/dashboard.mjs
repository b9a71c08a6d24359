// Made by Rampart for mon1: change the site file instead. Why: One page tells whether the site is well, reached through an SSH tunnel: rampart dashboard.
{{program:dashboard}}
