// Made by Rampart for db2: change the site file instead. Why: it decides who is primary, and makes it so.
{{program:database-agent}}
