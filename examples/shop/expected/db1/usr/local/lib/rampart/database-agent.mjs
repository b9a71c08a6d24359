// Made by Rampart for db1: change the site file instead. Why: it decides who is primary, and makes it so.
{{program:database-agent}}
