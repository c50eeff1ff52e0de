-- CreateTable
CREATE TABLE "MetadefNamespace" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "displayName" TEXT,
    "description" TEXT,
    "visibility" TEXT NOT NULL,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "ownerId" TEXT NOT NULL,
    "isSeeded" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME
);

-- CreateTable
CREATE TABLE "MetadefObject" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "required" TEXT NOT NULL,
    "properties" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME,
    CONSTRAINT "MetadefObject_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "MetadefProperty" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "schema" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME,
    CONSTRAINT "MetadefProperty_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "MetadefTag" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "namespaceId" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME,
    CONSTRAINT "MetadefTag_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "MetadefResourceType" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "isProtected" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME
);

-- CreateTable
CREATE TABLE "MetadefAssociation" (
    "namespaceId" INTEGER NOT NULL,
    "resourceTypeId" INTEGER NOT NULL,
    "prefix" TEXT,
    "propertiesTarget" TEXT,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME,

    PRIMARY KEY ("namespaceId", "resourceTypeId"),
    CONSTRAINT "MetadefAssociation_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "MetadefNamespace" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "MetadefAssociation_resourceTypeId_fkey" FOREIGN KEY ("resourceTypeId") REFERENCES "MetadefResourceType" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "MetadefMarker" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "parentId" INTEGER,
    "name" TEXT NOT NULL,
    "position" TEXT NOT NULL,
    "visibility" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "goneAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "MetadefNamespace_name_key" ON "MetadefNamespace"("name");

-- CreateIndex
CREATE INDEX "MetadefNamespace_createdAt_id_idx" ON "MetadefNamespace"("createdAt", "id");

-- CreateIndex
CREATE INDEX "MetadefNamespace_ownerId_idx" ON "MetadefNamespace"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefObject_namespaceId_name_key" ON "MetadefObject"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefProperty_namespaceId_name_key" ON "MetadefProperty"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefTag_namespaceId_name_key" ON "MetadefTag"("namespaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "MetadefResourceType_name_key" ON "MetadefResourceType"("name");

-- CreateIndex
CREATE INDEX "MetadefAssociation_resourceTypeId_idx" ON "MetadefAssociation"("resourceTypeId");

-- CreateIndex
CREATE INDEX "MetadefMarker_name_id_idx" ON "MetadefMarker"("name", "id");

-- CreateIndex
CREATE INDEX "MetadefMarker_goneAt_idx" ON "MetadefMarker"("goneAt");
